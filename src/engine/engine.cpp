#include "engine/engine.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>

#include "engine/tile.hpp"

// Tiles are one thread's work: a threaded BLAS would only get in the way. Other libraries do not have these.
extern "C" {
[[gnu::weak]] void openblas_set_num_threads(int);
[[gnu::weak]] int openblas_get_num_threads();
}

namespace ntkc::engine {
namespace {

class SerialBlas {
 public:
  SerialBlas() {
    if (openblas_set_num_threads && openblas_get_num_threads) before_ = openblas_get_num_threads(), openblas_set_num_threads(1);
  }
  ~SerialBlas() {
    if (before_ > 0) openblas_set_num_threads(before_);
  }

 private:
  int before_ = 0;
};

std::size_t down(std::size_t n, std::size_t step) { return n / step * step; }

// Results of all outputs for a range of rows and columns, row by row.
struct Panel {
  Panel(std::size_t outputs, std::size_t r, std::size_t r_end, std::size_t c, std::size_t c_end)
      : row(r), column(c), rows(r_end - r), columns(c_end - c), values(outputs) {
    for (auto& v : values) v.resize(rows * columns);  // each in its place: no copy beside them
  }
  std::size_t row, column, rows, columns;
  std::vector<std::vector<double>> values;
  double& at(std::size_t output, std::size_t i, std::size_t j) { return values[output][(i - row) * columns + (j - column)]; }
  bool write(TileSink& sink) const {
    for (std::size_t o = 0; o < values.size(); ++o)
      if (!sink.write(o, row, column, Rows(values[o].data(), rows, columns))) return false;
    return true;
  }
};

// The tiles of a range, on a grid that does not depend on the range: so no bit depends on memory or threads.
std::vector<Tile> tiles(std::size_t r, std::size_t r_end, std::size_t c, std::size_t c_end, bool lower) {
  std::vector<Tile> out;
  for (std::size_t i = r; i < r_end; i += kTileRows)
    for (std::size_t j = c; j < c_end; j += kTileColumns) {
      const Tile tile{i, std::min(i + kTileRows, r_end), j, std::min(j + kTileColumns, c_end)};
      if (!lower || tile.column < tile.row_end) out.push_back(tile);
    }
  return out;
}

// What may be held of each output.
std::size_t entries(const plan::Plan& plan, const Options& options) {
  return options.memory / sizeof(double) / std::max<std::size_t>(1, plan.outputs.size());
}

}  // namespace

struct Evaluator::State {
  State(const plan::Plan& plan, const expr::ParamValues& params, Options o)
      : context(plan, params), options(o), arena(o.threads == 0 ? tbb::task_arena::automatic : static_cast<int>(o.threads)) {}

  std::size_t outputs() const { return context.plan.outputs.size(); }
  // Of stripes of whole rows.
  std::size_t step(std::size_t columns) const {
    return std::max(kTileColumns, down(entries(context.plan, options) / std::max<std::size_t>(columns, 1), kTileColumns));
  }

  template <class F>
  auto with_threads(F f) const {
    const SerialBlas serial;
    return arena.execute(f);
  }

  void run(const Samples& x, const Samples& y, const std::vector<Tile>& work, bool symmetric, const TakeRow& take) const {
    tbb::enumerable_thread_specific<TileRunner> runners([&] { return TileRunner(context); });
    tbb::parallel_for(std::size_t(0), work.size(), [&](std::size_t t) { runners.local().run(x, y, work[t], symmetric, take); });
  }

  static TakeRow into(Panel& panel) {
    return [&panel](std::size_t o, std::size_t i, std::size_t j, std::size_t n, const double* values) {
      std::copy(values, values + n, &panel.at(o, i, j));
    };
  }
  static TakeRow transposed_into(Panel& panel) {
    return [&panel](std::size_t o, std::size_t i, std::size_t j, std::size_t n, const double* values) {
      for (std::size_t l = 0; l < n; ++l) panel.at(o, j + l, i) = values[l];
    };
  }
  static TakeRow mirrored_into(Panel& panel) {
    return [rows = into(panel), columns = transposed_into(panel)](std::size_t o, std::size_t i, std::size_t j, std::size_t n,
                                                                  const double* values) {
      rows(o, i, j, n, values), columns(o, i, j, n, values);
    };
  }

  bool halves(const Samples& x, TileSink& sink) const {
    const std::size_t n = x.count(), side = panel_side(context.plan, options);
    for (std::size_t r = 0; r < n; r += side) {
      const std::size_t r_end = std::min(r + side, n);
      for (std::size_t c = 0; c < r; c += side) {
        const bool below = sink.wanted({r, r_end - r, c, side}), above = sink.wanted({c, side, r, r_end - r});
        if (!below && !above) continue;
        Panel panel(outputs(), r, r_end, c, c + side), mirror(outputs(), c, c + side, r, r_end);
        const auto rows = into(panel), columns = transposed_into(mirror);
        run(x, x, tiles(r, r_end, c, c + side, false), true,
            [&](std::size_t o, std::size_t i, std::size_t j, std::size_t k, const double* values) {
              rows(o, i, j, k, values), columns(o, i, j, k, values);
            });
        if ((below && !panel.write(sink)) || (above && !mirror.write(sink))) return false;
      }
      if (!sink.wanted({r, r_end - r, r, r_end - r})) continue;
      Panel panel(outputs(), r, r_end, r, r_end);
      run(x, x, tiles(r, r_end, r, r_end, true), true, mirrored_into(panel));
      if (!panel.write(sink)) return false;
    }
    return true;
  }

  bool whole_rows(const Samples& x, TileSink& sink) const {
    const std::size_t n = x.count(), height = step(n);
    for (std::size_t r = 0; r < n; r += height) {
      const std::size_t r_end = std::min(r + height, n);
      if (!sink.wanted({r, r_end - r, 0, n})) continue;
      Panel panel(outputs(), r, r_end, 0, n);
      run(x, x, tiles(r, r_end, 0, r, false), true, into(panel));
      run(x, x, tiles(r, r_end, r, r_end, true), true, mirrored_into(panel));
      run(x, x, tiles(r_end, n, r, r_end, false), true, transposed_into(panel));
      if (!panel.write(sink)) return false;
    }
    return true;
  }

  Context context;
  Options options;
  mutable tbb::task_arena arena;
};

Evaluator::Evaluator(const plan::Plan& plan, const expr::ParamValues& params, Options options)
    : state_(std::make_unique<const State>(plan, params, options)) {}
Evaluator::~Evaluator() = default;

bool Evaluator::gram(Rows x, TileSink& sink) const {
  return state_->with_threads([&] {
    const Samples samples(state_->context, x);
    return state_->options.order == Order::rows ? state_->whole_rows(samples, sink) : state_->halves(samples, sink);
  });
}

bool Evaluator::cross(Rows x, Rows y, TileSink& sink) const {
  return state_->with_threads([&] {
    const Samples left(state_->context, x), right(state_->context, y);
    const std::size_t n = left.count(), m = right.count(), side = panel_side(state_->context.plan, state_->options);
    const bool stripes = state_->options.order == Order::rows;
    const std::size_t height = stripes ? state_->step(m) : side, width = stripes ? std::max<std::size_t>(m, 1) : side;
    for (std::size_t r = 0; r < n; r += height)
      for (std::size_t c = 0; c < m; c += width) {
        const std::size_t r_end = std::min(r + height, n), c_end = std::min(c + width, m);
        if (!sink.wanted({r, r_end - r, c, c_end - c})) continue;
        Panel panel(state_->outputs(), r, r_end, c, c_end);
        state_->run(left, right, tiles(r, r_end, c, c_end, false), false, State::into(panel));
        if (!panel.write(sink)) return false;
      }
    return true;
  });
}

bool Evaluator::diag(Rows x, TileSink& sink) const {
  return state_->with_threads([&] {
    const Samples samples(state_->context, x);
    Panel panel(state_->outputs(), 0, x.rows, 0, 1);
    const std::size_t blocks = (x.rows + kLanes - 1) / kLanes;
    tbb::enumerable_thread_specific<TileRunner> runners([&] { return TileRunner(state_->context); });
    tbb::parallel_for(std::size_t(0), blocks, [&](std::size_t b) {
      const std::size_t first = b * kLanes;
      runners.local().diagonal(samples, first, std::min(kLanes, x.rows - first),
                               [&](std::size_t o, std::size_t i, std::size_t, std::size_t n, const double* values) {
                                 std::copy(values, values + n, panel.values[o].begin() + static_cast<std::ptrdiff_t>(i));
                               });
    });
    return x.rows == 0 || panel.write(sink);
  });
}

std::size_t least_memory(const plan::Plan& plan, std::size_t columns, Order order) {
  const std::size_t width = order == Order::rows ? columns : 2 * kTileColumns;  // a stripe of whole rows, or a panel and its transpose
  return kTileColumns * width * plan.outputs.size() * sizeof(double);
}

std::size_t panel_side(const plan::Plan& plan, const Options& options) {
  std::size_t side = kTileColumns;  // of two panels at once is what memory allows
  while (2 * side <= options.panel && 2 * (2 * side) * (2 * side) <= entries(plan, options)) side *= 2;
  return side;
}

std::string_view instruction_set() { return instruction_set_name(); }

}  // namespace ntkc::engine
