#ifndef FIREBRICK_H
#define FIREBRICK_H

/* Made by cbindgen of crates/capi/src; change that, not this. */

#include <stddef.h>
#include <stdint.h>

/**
 * How a call went; `firebrick_last_error` says more.
 */
typedef enum {
  /**
   * It did what it says.
   */
  FIREBRICK_STATUS_OK = 0,
  /**
   * A pointer is null that may not be.
   */
  FIREBRICK_STATUS_NULL_POINTER = 1,
  /**
   * A path that is not UTF-8, memory that is not aligned, too long or given twice, an index that is not there.
   */
  FIREBRICK_STATUS_INVALID_ARGUMENT = 2,
  /**
   * Another number of values, of inputs or of outputs than the network has.
   */
  FIREBRICK_STATUS_WRONG_LENGTH = 3,
  /**
   * The file cannot be read.
   */
  FIREBRICK_STATUS_CANNOT_READ = 4,
  /**
   * The file is damaged or no model, or there is no device that it runs on.
   */
  FIREBRICK_STATUS_INVALID_MODEL = 5,
  /**
   * The network has no result for these values.
   */
  FIREBRICK_STATUS_CANNOT_PREDICT = 6,
  /**
   * A fault of the library itself.
   */
  FIREBRICK_STATUS_PANIC = 7,
} FirebrickStatus;

/**
 * A network that answers, made by `firebrick_load` or `firebrick_load_bytes`; any number of threads may ask it at once.
 */
typedef struct FirebrickModel FirebrickModel;

/**
 * What goes into an input: rows one behind the other.
 */
typedef struct {
  /**
   * The first number.
   */
  const float *values;
  /**
   * How many numbers there are.
   */
  size_t len;
} FirebrickRows;

/**
 * Room for what an output says: a row for each row that goes in.
 */
typedef struct {
  /**
   * Where the first number goes.
   */
  float *values;
  /**
   * For how many numbers there is room.
   */
  size_t len;
} FirebrickRoom;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Reads a model file and writes the network to `model`, or a null pointer where that fails.
 *
 * # Safety
 * `path` is null or ends with a zero byte. `model` is null or may be written to.
 */
FirebrickStatus firebrick_load(const char *path, FirebrickModel **model);

/**
 * The same of a model file that is in memory, which is not needed afterwards.
 *
 * # Safety
 * `bytes` is null or the first of `num_bytes` that may be read. `model` is null or may be written to, and is not among them.
 */
FirebrickStatus firebrick_load_bytes(const uint8_t *bytes,
                                     size_t num_bytes,
                                     FirebrickModel **model);

/**
 * Frees a network; a null pointer is nothing to free. Nobody may ask the network any more.
 *
 * # Safety
 * `model` is null, or comes from `firebrick_load` or `firebrick_load_bytes` and was not freed.
 */
void firebrick_free(FirebrickModel *model);

/**
 * How many inputs a network has; 0 of a null pointer.
 *
 * # Safety
 * `model` is null or a network that was not freed.
 */
size_t firebrick_num_inputs(const FirebrickModel *model);

/**
 * How many outputs a network has; 0 of a null pointer.
 *
 * # Safety
 * `model` is null or a network that was not freed.
 */
size_t firebrick_num_outputs(const FirebrickModel *model);

/**
 * How many numbers a row of an input has, counted from 0; 0 if there is no such input.
 *
 * # Safety
 * `model` is null or a network that was not freed.
 */
size_t firebrick_input_len(const FirebrickModel *model, size_t index);

/**
 * How many numbers a row of an output has, counted from 0; 0 if there is no such output.
 *
 * # Safety
 * `model` is null or a network that was not freed.
 */
size_t firebrick_output_len(const FirebrickModel *model, size_t index);

/**
 * The name of an input, counted from 0, there as long as the network; null if there is no such input.
 *
 * # Safety
 * `model` is null or a network that was not freed.
 */
const char *firebrick_input_name(const FirebrickModel *model,
                                 size_t index);

/**
 * The name of an output, counted from 0, there as long as the network; null if there is no such output.
 *
 * # Safety
 * `model` is null or a network that was not freed.
 */
const char *firebrick_output_name(const FirebrickModel *model,
                                  size_t index);

/**
 * How many classes the model file names; 0 if it names none.
 *
 * # Safety
 * `model` is null or a network that was not freed.
 */
size_t firebrick_num_classes(const FirebrickModel *model);

/**
 * The name of a class, counted from 0, there as long as the network; null if the model file does not name it.
 *
 * # Safety
 * `model` is null or a network that was not freed.
 */
const char *firebrick_class_name(const FirebrickModel *model,
                                 size_t index);

/**
 * What a network of one input and one output says of rows that lie one behind the other: a row of answers for each. Both lengths are counts of
 * numbers. After a failure it is not said what lies in `answers`.
 *
 * # Safety
 * `model` is null or a network that was not freed. `rows` is null or the first of `num_values` numbers; `answers` is null, or the first of
 * `num_answers` that may be written to and that nobody else uses during the call.
 */
FirebrickStatus firebrick_predict(const FirebrickModel *model,
                                  const float *rows,
                                  size_t num_values,
                                  float *answers,
                                  size_t num_answers);

/**
 * The same of any number of inputs and outputs, in the order of the network's; as many rows for each of them.
 *
 * # Safety
 * `model` is null or a network that was not freed. `inputs` is null or the first of `num_inputs`, `outputs` null or the first of `num_outputs`;
 * what they point to is as for `firebrick_predict`.
 */
FirebrickStatus firebrick_predict_all(const FirebrickModel *model,
                                      const FirebrickRows *inputs,
                                      size_t num_inputs,
                                      const FirebrickRoom *outputs,
                                      size_t num_outputs);

/**
 * What was wrong with the last call of this thread that failed, in UTF-8; empty if none did. It is there until another call of the thread fails.
 */
const char *firebrick_last_error(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* FIREBRICK_H */
