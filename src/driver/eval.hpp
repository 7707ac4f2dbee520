// The kernel matrix of data, from a plan to a file: what `ntkc eval` does once it knows what is wanted.
#pragma once
#include "driver/data.hpp"
#include "driver/pipeline.hpp"
#include "driver/progress.hpp"
#include "driver/transform.hpp"
#include "engine/engine.hpp"
#include "io/writer.hpp"

namespace ntkc::driver {

struct EvalOptions {
  io::Dtype dtype = io::Dtype::f64;
  bool diag = false, normalize = false, center = false, resume = false;
  unsigned threads = 0;
  std::uint64_t memory = 512 << 20;  // beside the input
  Progress::When progress = Progress::When::automatic;
  std::string rows, rows_y;  // as they were written, for provenance
};

// One matrix of one network, the first of a compilation. y: none for the symmetric matrix of x with itself.
struct EvalJob {
  const Compilation& compilation;
  const Data& x;
  const Data* y = nullptr;
  const EvalOptions& options;
  std::string output;           // as -o has it; empty: a table
  std::string heading;          // of a table
  std::vector<Define> defines;  // for provenance

  bool symmetric() const { return !y; }
  io::Results results() const;
};

// Errors: 6020 (a state of another run), 7xxx for an output that cannot hold the result or a memory that is too small, 8002, 9101 (a kernel
// that is not finite); warning 6104. What stood at `output` is replaced only by a whole result.
void check_output(const EvalJob& job, Diagnostics& diagnostics);
void check_memory(const EvalJob& job, Diagnostics& diagnostics);
Panels evaluate(const EvalJob& job, Diagnostics& diagnostics);
// The state beside the output outlives evaluate(), so that of a sweep what is finished is known; this removes it.
void forget_state(const EvalJob& job);

// --dry-run: what it would cost, in words.
std::string estimate(const EvalJob& job);

// How the engine goes through the pairs, and what it may hold of results so that all stays within options.memory (beside the input).
engine::Order order(const EvalJob& job);
std::uint64_t result_memory(const EvalJob& job);

// The JSON text beside a result: versions, hashes, params, options. No paths, no times: equal results have equal provenance.
std::string provenance(const EvalJob& job);
std::string identity(const EvalJob& job);  // the same in one line
// Where an identity differs from the job's, in words.
std::vector<std::string> differences(const EvalJob& job, const std::string& identity);

}  // namespace ntkc::driver
