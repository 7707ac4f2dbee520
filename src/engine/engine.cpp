#include "engine/engine.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <optional>

#include "engine/collapsed_tile.hpp"
#include "engine/panel.hpp"
#include "plan/collapse.hpp"

namespace ntkc::engine {
namespace {

constexpr std::size_t kPacked = 4096;  // columns that are packed at once

// Panels, and what is packed, end where columns of tiles do.
static_assert(kPacked % CollapsedTileRunner<double>::kColumns == 0 && kPacked % kTileColumns == 0);
static_assert(CollapsedTileRunner<double>::kColumns % CollapsedTileRunner<double>::kRows == 0 && kTileColumns % kTileRows == 0);
std::size_t column_grid(const plan::Plan& plan, bool collapse) {
  return collapse && plan::is_of_norms(plan) ? CollapsedTileRunner<double>::kColumns : kTileColumns;
}

std::size_t down(std::size_t n, std::size_t step) { return n / step * step; }

struct Grid {
  std::size_t rows = kTileRows, columns = kTileColumns;
};

// The tiles of a range, on a grid that does not depend on the range: so no bit depends on memory or threads.
std::vector<Tile> tiles(const Grid& grid, const Tile& range, bool lower) {
  std::vector<Tile> out;
  for (std::size_t i = range.row; i < range.row_end; i += grid.rows)
    for (std::size_t j = range.column; j < range.column_end; j += grid.columns) {
      const std::size_t row_end = std::min(i + grid.rows, range.row_end), column_end = std::min(j + grid.columns, range.column_end);
      if (!lower)
        out.push_back({i, row_end, j, column_end});
      else if (j < row_end)
        out.push_back({i, row_end, j, std::min(column_end, row_end)});
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
    const std::size_t grid = column_grid(context.plan, options.collapse);
    return std::max(grid, down(entries(context.plan, options) / std::max<std::size_t>(columns, 1), grid));
  }

  template <class F>
  auto with_threads(F f) const {
    return arena.execute(f);
  }

  // What one matrix needs: its samples, and how its tiles are computed.
  template <class T>
  struct Work {
    Work(const State& state, const Samples& left, const Samples& right)
        : x(left), y(right), collapsed(state.options.collapse ? engine::collapse<T>(state.context, left, right) : Collapses<T>{}) {
      bool stored = true;  // what the recursion reads, by all threads, while there is nothing else to do
      collapsed.visit([&](const auto& some) { stored = some.shape().leaves(); });
      if (stored) x.store(), y.store();
      collapsed.visit([&](const auto& some) {
        tbb::parallel_for(0, tbb::this_task_arena::max_concurrency(), [&](int) { some.make_fits(); });
        grid = {CollapsedTileRunner<T>::kRows, CollapsedTileRunner<T>::kColumns};
      });
    }
    const Samples &x, &y;
    Collapses<T> collapsed;
    Grid grid;
  };

  // Of a symmetric matrix either a range below the diagonal, or `lower`: what of a range is on it or below. What is computed goes to
  // `panel`, transposed to `mirror`; either may be null.
  template <class T>
  void run(const Work<T>& work, const Tile& range, bool lower, bool symmetric, Panel<T>* panel, Panel<T>* mirror) const {
    const auto each = [&](auto make) {
      using Runner = decltype(make());
      typename Runner::Packed columns(context, false);
      tbb::enumerable_thread_specific<Runner> runners(make);
      const auto run_tile = [&](const Tile& tile) {
        std::optional<Panel<T>> own;
        const Panel<T>& to = panel ? *panel : own.emplace(outputs()).cover(tile.row, tile.row_end, tile.column, tile.column_end);
        runners.local().run(work.x, work.y, columns, tile, symmetric, to.part(tile));
        if (mirror) transpose(tile, to, lower, *mirror);
      };
      for (std::size_t c = range.column; c < range.column_end; c += kPacked) {
        const Tile stripe{range.row, range.row_end, c, std::min(c + kPacked, range.column_end)};
        columns.reset(work.y, stripe.column, stripe.column_end);
        tbb::parallel_for(std::size_t(0), columns.panels(), [&](std::size_t p) { columns.pack(p); });
        const auto some = tiles(work.grid, stripe, lower);
        tbb::parallel_for(std::size_t(0), some.size(), [&](std::size_t t) { run_tile(some[t]); });
      }
    };
    if (work.collapsed.own)
      each([&] { return CollapsedTileRunner<T>(context, *work.collapsed.own); });
    else if (work.collapsed.wide)
      each([&] { return CollapsedTileRunner<double, T>(context, *work.collapsed.wide); });
    else
      each([&] { return TileRunner(context); });
  }

  // Whether panels of that side can be written while others are computed: two of them, and their transposes.
  bool beside(std::size_t side) const { return 4 * side * side <= entries(context.plan, options); }

  template <class T>
  bool halves(const Samples& x, TileSink& sink) const {
    const Work<T> work(*this, x, x);
    const std::size_t n = x.count(), side = panel_side(context.plan, options);
    struct Job {
      Tile tile;
      bool below, above;
    };
    std::vector<Job> jobs;
    for (std::size_t r = 0; r < n; r += side) {
      const std::size_t r_end = std::min(r + side, n);
      for (std::size_t c = 0; c <= r; c += side) {
        const std::size_t c_end = std::min(c + side, r_end);
        const bool below = sink.wanted({r, r_end - r, c, c_end - c}), above = c < r && sink.wanted({c, c_end - c, r, r_end - r});
        if (below || above) jobs.push_back({{r, r_end, c, c_end}, below, above});
      }
    }
    Panel<T> panels[2] = {Panel<T>(outputs()), Panel<T>(outputs())}, mirrors[2] = {Panel<T>(outputs()), Panel<T>(outputs())};
    Delivery delivery(sink, beside(side));
    for (const auto& [t, below, above] : jobs) {
      const bool diagonal = t.row == t.column;
      Panel<T>& panel = panels[delivery.free()].cover(t.row, t.row_end, t.column, t.column_end);
      Panel<T>& mirror = diagonal ? panel : mirrors[delivery.free()].cover(t.column, t.column_end, t.row, t.row_end);
      run<T>(work, t, diagonal, true, &panel, &mirror);
      std::vector<const Panel<T>*> wanted;
      if (below) wanted.push_back(&panel);
      if (above) wanted.push_back(&mirror);
      if (!delivery.write(std::move(wanted))) return false;
    }
    return delivery.wait();
  }

  template <class T>
  bool whole_rows(const Samples& x, TileSink& sink) const {
    const Work<T> work(*this, x, x);
    const std::size_t n = x.count(), height = step(n);
    Panel<T> panel(outputs());
    for (std::size_t r = 0; r < n; r += height) {
      const std::size_t r_end = std::min(r + height, n);
      if (!sink.wanted({r, r_end - r, 0, n})) continue;
      panel.cover(r, r_end, 0, n);
      run<T>(work, {r, r_end, 0, r}, false, true, &panel, nullptr);
      run<T>(work, {r, r_end, r, r_end}, true, true, &panel, &panel);
      run<T>(work, {r_end, n, r, r_end}, false, true, nullptr, &panel);
      if (!panel.write(sink)) return false;
    }
    return true;
  }

  template <class T>
  bool between(const Samples& x, const Samples& y, TileSink& sink) const {
    const Work<T> work(*this, x, y);
    const std::size_t n = x.count(), m = y.count(), side = panel_side(context.plan, options);
    const bool stripes = options.order == Order::rows;
    const std::size_t height = stripes ? step(m) : side, width = stripes ? std::max<std::size_t>(m, 1) : side;
    Panel<T> panel(outputs());
    for (std::size_t r = 0; r < n; r += height)
      for (std::size_t c = 0; c < m; c += width) {
        const std::size_t r_end = std::min(r + height, n), c_end = std::min(c + width, m);
        if (!sink.wanted({r, r_end - r, c, c_end - c})) continue;
        panel.cover(r, r_end, c, c_end);
        run<T>(work, {r, r_end, c, c_end}, false, false, &panel, nullptr);
        if (!panel.write(sink)) return false;
      }
    return true;
  }

  template <class T>
  bool square(const Samples& x, TileSink& sink) const {
    return options.order == Order::rows ? whole_rows<T>(x, sink) : halves<T>(x, sink);
  }

  template <class T>
  void to_memory(Rows x, const std::vector<::ntk::MatrixView<T>>& to, Half half) const {
    with_threads([&] {
      const Samples samples(context, x);
      const Work<T> work(*this, samples, samples);
      Panel<T> panel(to);
      const std::size_t n = samples.count();
      run<T>(work, {0, n, 0, n}, true, true, &panel, half == Half::full ? &panel : nullptr);
    });
  }

  Context context;
  Options options;
  mutable tbb::task_arena arena;
};

Evaluator::Evaluator(const plan::Plan& plan, const expr::ParamValues& params, Options options)
    : state_(std::make_unique<const State>(plan, params, options)) {}
Evaluator::~Evaluator() = default;

bool TileSink::write(std::size_t output, std::size_t row, std::size_t column, ::ntk::ConstMatrixView<float> tile) {
  std::vector<double> wide(tile.rows * tile.columns);
  for (std::size_t i = 0; i < tile.rows; ++i) std::copy_n(tile.row(i), tile.columns, wide.data() + i * tile.columns);
  return write(output, row, column, Rows(wide.data(), tile.rows, tile.columns));
}

bool Evaluator::gram(Rows x, TileSink& sink) const {
  return state_->with_threads([&] {
    const Samples samples(state_->context, x);
    return state_->options.single ? state_->square<float>(samples, sink) : state_->square<double>(samples, sink);
  });
}

bool Evaluator::cross(Rows x, Rows y, TileSink& sink) const {
  return state_->with_threads([&] {
    const Samples left(state_->context, x), right(state_->context, y);
    return state_->options.single ? state_->between<float>(left, right, sink) : state_->between<double>(left, right, sink);
  });
}

bool Evaluator::diag(Rows x, TileSink& sink) const {
  return state_->with_threads([&] {
    const Samples samples(state_->context, x);
    Panel<double> panel(state_->outputs());
    panel.cover(0, x.rows, 0, 1);
    const std::size_t blocks = (x.rows + kLanes - 1) / kLanes;
    tbb::enumerable_thread_specific<TileRunner> runners([&] { return TileRunner(state_->context); });
    tbb::parallel_for(std::size_t(0), blocks, [&](std::size_t b) {
      const std::size_t first = b * kLanes, count = std::min(kLanes, x.rows - first);
      std::vector<double> some(state_->outputs() * kLanes);
      runners.local().diagonal(samples, first, count, some.data());
      for (std::size_t o = 0; o < state_->outputs(); ++o) std::copy_n(some.data() + o * kLanes, count, panel.row(o, first, 0));
    });
    return x.rows == 0 || panel.write(sink);
  });
}

void Evaluator::gram(Rows x, const std::vector<::ntk::MatrixView<double>>& outputs, Half half) const {
  state_->to_memory(x, outputs, half);
}
void Evaluator::gram(Rows x, const std::vector<::ntk::MatrixView<float>>& outputs, Half half) const { state_->to_memory(x, outputs, half); }

std::size_t least_memory(const plan::Plan& plan, std::size_t columns, Order order) {
  // A stripe of whole rows, or a panel and its transpose.
  const std::size_t grid = column_grid(plan, true), rows = std::min(grid, columns);
  const std::size_t width = order == Order::rows ? columns : std::min(2 * grid, columns);
  return rows * width * plan.outputs.size() * sizeof(double);
}

std::size_t panel_side(const plan::Plan& plan, const Options& options) {
  std::size_t side = column_grid(plan, options.collapse);  // of two panels at once is what memory allows
  while (2 * side <= options.panel && 2 * (2 * side) * (2 * side) <= entries(plan, options)) side *= 2;
  return side;
}

std::string_view instruction_set() { return instruction_set_name(); }

}  // namespace ntkc::engine
