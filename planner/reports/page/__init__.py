"""`planner report`: plans, or a study, as one HTML file that needs nothing else; and single charts as files.

view        a plan with what sections look at: its audit, its network, its dates
study       a study, read from the folder of a sweep
parts       what a section is made of: figures, sheets (tables), tiles, words
charts      amounts over time, and what all charts share; bars and matrix are the others
sections/   one module each for plans, in the order of the page; runs/ for studies
document    chapters put together as HTML; figures as SVG and PNG files
page        the page of one plan or two; study_page that of a study
trade       a frontier and alternatives as charts
"""
