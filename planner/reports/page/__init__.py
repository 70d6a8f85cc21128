"""`planner report`: plans, or a study, as one HTML file that loads nothing else; and single charts as files.

view        a plan with its audit, its network and its dates, as the sections read it
study       a study, read from the folder of a sweep
parts       what a section is made of: figures, sheets (tables), tiles, sentences
charts      amounts over time, and what all charts share; bars and matrix are the other charts
sections/   one module each for plans, in the order of the page; runs/ for studies, worlds/ for simulations
document    chapters put together as HTML; figures as SVG and PNG files
page        the page of one plan or two; study_page that of a study, simulation_page that of a simulation
trade       a frontier and alternatives as charts
"""
