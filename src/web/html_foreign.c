#include "web/html_foreign.h"

void html_foreign_break_out(struct html_foreign *foreign)
{
    if (html_foreign_place(foreign) == HTML_PLACE_HTML)
        return;
    foreign->beyond = 0;
    while (html_foreign_place(foreign) != HTML_PLACE_HTML)
        foreign->depth--;
}

static void push(struct html_foreign *foreign, enum html_foreign_element element, enum html_place place)
{
    if (foreign->depth == HTML_FOREIGN_MAX) {
        foreign->beyond++;
        return;
    }
    foreign->open[foreign->depth].element = (unsigned char)element;
    foreign->open[foreign->depth++].place = (unsigned char)place;
}

void html_foreign_open(struct html_foreign *foreign, enum html_foreign_element element, bool holds_html)
{
    enum html_place place = html_foreign_place(foreign);
    bool is_svg_with_html = place == HTML_PLACE_SVG && element >= FOREIGN_OBJECT && element <= FOREIGN_TITLE;
    bool is_math_with_html =
        place == HTML_PLACE_MATH &&
        (element == FOREIGN_ANNOTATION ? holds_html : element >= FOREIGN_MI && element <= FOREIGN_MTEXT);
    if (is_svg_with_html || is_math_with_html)
        push(foreign, element, HTML_PLACE_HTML);
    else if (element == FOREIGN_SVG) /* also in MathML, where annotation-xml may hold it */
        push(foreign, element, HTML_PLACE_SVG);
    else if ((element == FOREIGN_MATH && place != HTML_PLACE_SVG) ||
             (element == FOREIGN_ANNOTATION && place == HTML_PLACE_MATH))
        push(foreign, element, HTML_PLACE_MATH);
}

void html_foreign_close(struct html_foreign *foreign, enum html_foreign_element element)
{
    if (element == FOREIGN_NONE || element == FOREIGN_BREAKOUT)
        return;
    if (foreign->beyond) {
        foreign->beyond--;
        return;
    }
    for (unsigned i = foreign->depth; i-- > 0;) {
        if (foreign->open[i].element == element) {
            foreign->depth = i;
            return;
        }
    }
}
