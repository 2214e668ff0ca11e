/* The class that a trained network takes each row of numbers for.
 *
 *     cargo build --release -p firebrick-capi
 *     cc -I crates/capi/include examples/c/predict.c -L target/release -lfirebrick_c -o predict
 *     LD_LIBRARY_PATH=target/release ./predict runs/NAME/model.bpk < NUMBERS
 *
 * NUMBERS are set apart by white space. An answer takes some millionths of a second. */
#include <stdio.h>
#include <stdlib.h>

#include "firebrick.h"

static int failed(const char *message, FirebrickModel *model) {
    fprintf(stderr, "error: %s\n", message);
    firebrick_free(model);
    return EXIT_FAILURE;
}

int main(int argc, char **argv) {
    FirebrickModel *model = NULL;
    if (argc != 2) return failed("usage: predict MODEL < NUMBERS", model);
    if (firebrick_load(argv[1], &model) != FIREBRICK_STATUS_OK)
        return failed(firebrick_last_error(), model);

    size_t num_features = firebrick_input_len(model, 0), num_classes = firebrick_output_len(model, 0);
    float *row = calloc(num_features, sizeof *row), *shares = calloc(num_classes, sizeof *shares);
    FirebrickStatus status = FIREBRICK_STATUS_OK;
    size_t read = 0;
    while (row && shares && status == FIREBRICK_STATUS_OK && scanf("%f", &row[read]) == 1) {
        if (++read < num_features) continue;
        read = 0;
        status = firebrick_predict(model, row, num_features, shares, num_classes);
        size_t best = 0;
        for (size_t i = 1; i < num_classes; i++)
            if (shares[i] > shares[best]) best = i;
        const char *name = firebrick_class_name(model, best);
        if (status == FIREBRICK_STATUS_OK)
            printf("class %zu %s with %.1f %%\n", best, name ? name : "", 100.0 * shares[best]);
    }
    free(row);
    free(shares);
    if (status != FIREBRICK_STATUS_OK) return failed(firebrick_last_error(), model);
    if (read != 0 || !feof(stdin)) return failed("expected whole rows of numbers", model);
    firebrick_free(model);
    return EXIT_SUCCESS;
}
