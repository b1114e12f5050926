#include "output/url_rows.h"

#include <errno.h>
#include <inttypes.h>

#include "base/error.h"
#include "base/temporary.h"
#include "output/html_text.h"
#include "output/units.h"

int url_rows_open(struct url_rows *rows)
{
    *rows = (struct url_rows){0};
    return temporary_stream(&rows->spool);
}

void url_rows_close(struct url_rows *rows)
{
    if (rows->spool)
        fclose(rows->spool);
    rows->spool = NULL;
}

/* Whether there is room for one more row, which is counted in any case. */
static bool has_room(struct url_rows *rows)
{
    if (rows->count < URL_ROWS_MOST) {
        rows->count++;
        return true;
    }
    rows->left_out++;
    return false;
}

static int spool_error(const struct url_rows *rows)
{
    return ferror(rows->spool) ? error_from_errno(errno) : 0;
}

/* The cell's class is the status's first digit; 0 where there was no answer. */
static void write_status(FILE *file, const struct fetch_statistic *stat)
{
    if (!fetch_statistic_is_whole(stat))
        fprintf(file, "<td class=\"s0\">%s", error_kind(stat->error));
    else
        fprintf(file, "<td class=\"s%d\">%d%s", stat->status / 100 % 10, stat->status,
                stat->truncated ? " cut off" : "");
}

static void write_type(FILE *file, const struct fetch_statistic *stat)
{
    fputs("<td>", file);
    if (stat->next_url.length) {
        fputs("→ ", file);
        html_url(file, stat->next_url);
    } else {
        html_escape_text(file, stat->content_type);
    }
}

int url_rows_add(struct url_rows *rows, const struct fetch_statistic *stat)
{
    FILE *file = rows->spool;
    double milliseconds = (double)stat->timings.total / (double)MILLISECONDS(1);
    if (!has_room(rows))
        return 0;
    fputs("<tr><td>", file);
    html_url(file, stat->url);
    write_status(file, stat);
    write_type(file, stat);
    fprintf(file, "<td>%s<td>%.*f<td>%" PRIu32 "<td>", figure_count(stat->size).text, milliseconds < 10 ? 2 : 1,
            milliseconds, stat->depth);
    if (stat->is_html)
        fprintf(file, "%" PRIu32 "<td>%" PRIu32, stat->num_new_urls, stat->num_urls);
    else
        fputs("<td>", file);
    fputs("<td>", file);
    html_url(file, stat->referrer);
    fputs("\n", file);
    return spool_error(rows);
}

int url_rows_add_broken(struct url_rows *rows, const struct fetch_statistic *stat)
{
    FILE *file = rows->spool;
    if (!has_room(rows))
        return 0;
    fputs("<tr><td>", file);
    html_url(file, stat->url);
    if (!fetch_statistic_is_whole(stat))
        fprintf(file, "<td class=\"s0\">%s", error_text(stat->error));
    else
        fprintf(file, "<td class=\"s%d\">%d", stat->status / 100 % 10, stat->status);
    if (!fetch_statistic_is_whole(stat) && stat->error_detail[0]) {
        fputs(" (", file);
        html_escape_text(file, stat->error_detail);
        fputs(")", file);
    }
    fputs("<td>", file);
    html_url(file, stat->referrer);
    fputs("\n", file);
    return spool_error(rows);
}

/* Copies the spooled rows. */
static int copy(struct url_rows *rows, FILE *file)
{
    char block[64 * 1024];
    size_t length;
    if (fflush(rows->spool) || fseeko(rows->spool, 0, SEEK_SET))
        return error_from_errno(errno);
    while ((length = fread(block, 1, sizeof block, rows->spool)) > 0)
        fwrite(block, 1, length, file);
    return spool_error(rows);
}

/* Searching takes a script, and so do its controls, which are hidden without one. */
static void write_controls(FILE *file, const char *name, const char *choices)
{
    fprintf(file,
            "<div class=\"controls\"><input type=\"search\" placeholder=\"Search\" aria-label=\"Search %s\" "
            "autocomplete=\"off\" spellcheck=\"false\">%s<output></output></div>\n",
            name, choices);
}

static int write_table(struct url_rows *rows, FILE *file, const char *class, const char *head)
{
    fprintf(file, "<div class=\"scroll\" tabindex=\"0\"><table class=\"%s\"><thead><tr>%s</tr></thead><tbody>\n", class,
            head);
    int err = copy(rows, file);
    fputs("</tbody></table></div></div>\n", file);
    if (rows->left_out)
        fprintf(file, "<p class=\"left-out\">%s more are left out of this table.</p>\n",
                figure_count(rows->left_out).text);
    return err;
}

int url_rows_write(struct url_rows *rows, FILE *file)
{
    static const char choices[] = "<select aria-label=\"Status\"><option value=\"\">Any status</option>"
                                  "<option value=\"s2\">2xx</option><option value=\"s3\">3xx</option>"
                                  "<option value=\"s4\">4xx</option><option value=\"s5\">5xx</option>"
                                  "<option value=\"s0\">No answer</option></select>";
    static const char head[] = "<th scope=\"col\">URL<th scope=\"col\">Status<th scope=\"col\">Type"
                               "<th scope=\"col\" class=\"n\">Bytes<th scope=\"col\" class=\"n\">ms"
                               "<th scope=\"col\" class=\"n\">Depth<th scope=\"col\" class=\"n\">New"
                               "<th scope=\"col\" class=\"n\">Links<th scope=\"col\">Found on";
    fputs("<div class=\"finder\">\n", file);
    write_controls(file, "all URLs", choices);
    return write_table(rows, file, "urls", head);
}

int url_rows_write_broken(struct url_rows *rows, FILE *file)
{
    fputs("<div class=\"finder\">\n", file);
    write_controls(file, "broken URLs", "");
    return write_table(rows, file, "broken",
                       "<th scope=\"col\">URL<th scope=\"col\">Problem<th scope=\"col\">Found on");
}
