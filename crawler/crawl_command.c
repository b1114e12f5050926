/* The default: crawl, and write what was wanted. */
#include "base/error.h"
#include "base/log.h"
#include "confine.h"
#include "output/output.h"
#include "program.h"

static void add_observer(void *context, struct observer *observer)
{
    crawler_add_observer(context, observer);
}

static int open_archive(struct program *program)
{
    if (!program->options.warc)
        return 0;
    int err = warc_open(&program->warc, &program->options, crawl_state_archive(&program->state));
    if (err)
        return err;
    program->state.archive = warc_archive(program->warc);
    crawler_set_archive(program->crawler, warc_archive(program->warc));
    return 0;
}

/* The files are opened before anything is fetched: what can't be written is no use to crawl. */
static int open_outputs(struct program *program, struct outputs **outputs)
{
    int err = outputs_open(outputs, &program->options);
    if (!err)
        outputs_for_each_observer(*outputs, add_observer, program->crawler);
    return err;
}

static int write_outputs(struct program *program, struct outputs *outputs)
{
    struct crawl_totals totals;
    crawler_totals(program->crawler, &totals);
    timeseries_close(&program->summary->series, totals.elapsed);
    const struct crawl_end end = {
        .totals = &totals,
        .summary = program->summary,
        .options = &program->options,
        .was_interrupted = program->interruptions != 0,
        .hit_limit = crawler_hit_limit(program->crawler),
    };
    return outputs_finish(outputs, &end);
}

/* Whether there is nothing left to go on with. */
static bool is_finished(const struct program *program, int err)
{
    struct crawl_totals totals;
    crawler_totals(program->crawler, &totals);
    return !err && !program->interruptions && totals.queued == 0 && totals.in_flight == 0;
}

/* With a state file an archive may be gone on with: by a crawl that is not finished, or another visit. */
static int finish_state(struct program *program, int err)
{
    int state_err = crawl_state_finish(&program->state, is_finished(program, err));
    program->warc_is_done = !err && !program->options.state;
    return state_err;
}

static enum exit_code exit_code_of(const struct program *program, int err)
{
    if (program->interruptions)
        return EXIT_INTERRUPTED;
    if (err)
        return EXIT_RUNTIME;
    if (!crawler_reached_a_root(program->crawler)) {
        log_error("no root could be fetched");
        return EXIT_RUNTIME;
    }
    if (crawler_hit_limit(program->crawler))
        return EXIT_LIMIT;
    return program->options.check && program->summary->broken ? EXIT_WORSE : EXIT_OK;
}

enum exit_code crawl_command(struct program *program)
{
    struct outputs *outputs = NULL;
    enum exit_code code = program_open(program);
    if (code != EXIT_OK)
        return code;
    int err = open_outputs(program, &outputs);
    if (err)
        return err == ERR_SYNTAX ? EXIT_USAGE : EXIT_RUNTIME;
    code = open_archive(program) ? EXIT_RUNTIME : program_begin(program);
    if (code != EXIT_OK) {
        outputs_free(outputs);
        return code;
    }
    confine_crawl(&program->options, outputs);
    err = program_crawl(program);
    int archive_err = program->warc ? warc_finish(program->warc) : 0;
    int state_err = finish_state(program, err ? err : archive_err);
    int output_err = write_outputs(program, outputs);
    outputs_free(outputs);
    return exit_code_of(program, err ? err : archive_err ? archive_err : state_err ? state_err : output_err);
}
