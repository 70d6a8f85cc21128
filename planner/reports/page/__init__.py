"""`planner report`: a plan, or two side by side, as one HTML file that needs nothing else.

view        a plan with what sections look at: its audit, its network, its dates
parts       what a section is made of: figures, sheets (tables), tiles, words
charts      the few kinds of chart, in one style
sections/   one module each, in the order of the page
page        sections and plans put together as HTML; figures as SVG and PNG files
"""
