// Runs a plan in this process: SIMD over lanes of samples and pairs, threads over tiles.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "expr/expr.hpp"
#include "ntk/runtime/views.hpp"
#include "plan/plan.hpp"

namespace ntkc::engine {

using Rows = ::ntk::ConstMatrixView<double>;  // samples: a row holds the inputs one after another

// Rows [row, row + rows) and columns [column, column + columns).
struct Block {
  std::size_t row, rows, column, columns;
};

// Where results go, in panels: the same rows and columns of every output, one output after another. Writes come one at a time, from the
// thread that called the engine or another, while the engine goes on. Rows [row, row + tile.rows) and columns [column, column +
// tile.columns) of output number `output` (as in Plan::outputs) are `tile`; each entry is written once.
class TileSink {
 public:
  virtual ~TileSink() = default;
  // Asked before a panel is computed, of a symmetric matrix about all panels at once; what is not wanted is not written.
  virtual bool wanted(const Block&) { return true; }
  virtual bool write(std::size_t output, std::size_t row, std::size_t column, Rows tile) = 0;  // false: stop, the rest is not wanted
  // Of results in single precision; unless it is overridden, as doubles.
  virtual bool write(std::size_t output, std::size_t row, std::size_t column, ::ntk::ConstMatrixView<float> tile);
};

enum class Order : std::uint8_t {
  halves,  // square panels; of a symmetric matrix each pair is computed once: a panel of the lower half, and its transpose
  rows,    // whole rows, in order, for writers that cannot seek: twice the work of a symmetric matrix, the same bits
};

struct Options {
  unsigned threads = 0;                       // 0: as many as the machine has
  std::size_t memory = std::size_t(1) << 28;  // bytes for results that are not yet written (at least one tile a thread is held)
  Order order = Order::halves;
  std::size_t panel = 1024;  // the longest side of a square panel
  bool collapse = true;      // false: every pair by the recursion itself
  // Matrices in single precision, right to 1e-6 of sqrt(k(x, x) k(x', x')): where a plan collapses its products and polynomials, too; what
  // is computed by the recursion is rounded.
  bool single = false;
};

enum class Half : std::uint8_t { lower, full };

// The channels of each input of rows of that length; empty if the length does not fit.
std::vector<std::size_t> input_sizes(const plan::Plan& plan, std::size_t columns);
std::size_t sample_bytes(const plan::Plan& plan, std::size_t columns);  // what the engine keeps of one sample, for estimates
// The least Options::memory that is kept to, for a matrix of so many columns.
std::size_t least_memory(const plan::Plan& plan, std::size_t columns, Order order);

// The side of square panels: 256, or 1024 where a plan collapses, times a power of two, as large as Options::panel and memory allow. Panels
// begin at its multiples.
std::size_t panel_side(const plan::Plan& plan, const Options& options);

class Evaluator {
 public:
  // Params that are not given have their defaults; their ranges are the caller's business. The plan must outlive the evaluator.
  Evaluator(const plan::Plan& plan, const expr::ParamValues& params, Options options = {});
  ~Evaluator();

  // These return false if the sink did. Rows must have a fitting length (input_sizes): another is a std::logic_error.
  bool gram(Rows x, TileSink& sink) const;           // rows with each other; the diagonal is a sample with itself
  bool cross(Rows x, Rows y, TileSink& sink) const;  // all of them different samples
  bool diag(Rows x, TileSink& sink) const;           // as a matrix of one column
  // The matrix of rows with each other in the caller's memory, one for each of the plan's outputs; of the lower half what is on the
  // diagonal or below is written. The numbers' type is that of the arithmetic, as Options::single has it.
  void gram(Rows x, const std::vector<::ntk::MatrixView<double>>& outputs, Half half) const;
  void gram(Rows x, const std::vector<::ntk::MatrixView<float>>& outputs, Half half) const;

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

std::string_view instruction_set();  // what the arithmetic runs on, for provenance: "AVX3", "AVX2", "SSE2", "NEON"

}  // namespace ntkc::engine
