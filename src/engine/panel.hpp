// A range of the matrices of all outputs, in memory of its own or of others.
#pragma once
#include <algorithm>
#include <future>
#include <memory>
#include <vector>

#include "engine/engine.hpp"
#include "engine/product.hpp"

namespace ntkc::engine {

template <class T>
class Panel {
 public:
  explicit Panel(std::size_t outputs) : own_(outputs), values_(outputs) {}
  explicit Panel(const std::vector<::ntk::MatrixView<T>>& of) : values_(of) {}
  // From now on it is this range, in memory of its own, which is kept from range to range: to meet new memory takes as long as to compute.
  Panel& cover(std::size_t r, std::size_t r_end, std::size_t c, std::size_t c_end) {
    row_ = r, column_ = c;
    for (std::size_t o = 0; o < own_.size(); ++o) {
      if ((r_end - r) * (c_end - c) > own_[o].room) own_[o] = {(r_end - r) * (c_end - c)};
      values_[o] = {own_[o].numbers.get(), r_end - r, c_end - c};
    }
    return *this;
  }
  std::size_t outputs() const { return values_.size(); }
  T* row(std::size_t output, std::size_t i, std::size_t j) const { return values_[output].row(i - row_) + (j - column_); }
  // Of a tile, for each output.
  std::vector<::ntk::MatrixView<T>> part(const Tile& tile) const {
    std::vector<::ntk::MatrixView<T>> out;
    for (std::size_t o = 0; o < outputs(); ++o)
      out.emplace_back(row(o, tile.row, tile.column), tile.row_end - tile.row, tile.column_end - tile.column, values_[o].stride);
    return out;
  }
  bool write(TileSink& sink) const {
    for (std::size_t o = 0; o < outputs(); ++o)
      if (!sink.write(o, row_, column_, values_[o])) return false;
    return true;
  }

 private:
  struct Memory {
    Memory(std::size_t size = 0) : room(size), numbers(std::make_unique_for_overwrite<T[]>(size)) {}
    std::size_t room;
    std::unique_ptr<T[]> numbers;
  };
  std::size_t row_ = 0, column_ = 0;
  std::vector<Memory> own_;
  std::vector<::ntk::MatrixView<T>> values_;
};

// Hands panels to a sink, in order, beside what the caller does meanwhile if there is memory for two panels at a time.
class Delivery {
 public:
  Delivery(TileSink& sink, bool beside) : sink_(sink), beside_(beside) {}
  // Which of two panels may be filled now.
  std::size_t free() const { return beside_ ? next_ : 0; }
  // False: the sink wants no more. What `panels` point to stays as it is until the next call has returned.
  template <class T>
  bool write(std::vector<const Panel<T>*> panels) {
    if (!wait()) return false;
    const auto all = [this, panels = std::move(panels)] {
      return std::ranges::all_of(panels, [&](const auto* p) { return p->write(sink_); });
    };
    if (!beside_) return all();
    last_ = std::async(std::launch::async, all), next_ = 1 - next_;
    return true;
  }
  bool wait() { return !last_.valid() || last_.get(); }

 private:
  TileSink& sink_;
  bool beside_;
  std::size_t next_ = 0;
  std::future<bool> last_;
};

// What `from` has of a tile, on its diagonal and below if `lower`, to the transposed place in `to`.
template <class T>
void transpose(const Tile& tile, const Panel<T>& from, bool lower, Panel<T>& to) {
  constexpr std::size_t kBlock = 16;  // a square of it and of its transpose stay in the first-level cache
  for (std::size_t o = 0; o < from.outputs(); ++o)
    for (std::size_t i = tile.row; i < tile.row_end; i += kBlock)
      for (std::size_t j = tile.column; j < tile.column_end; j += kBlock)
        for (std::size_t b = j; b < std::min(j + kBlock, tile.column_end); ++b) {
          const std::size_t first = lower ? std::max(i, b) : i, end = std::min(i + kBlock, tile.row_end);
          for (std::size_t a = first; a < end; ++a) *to.row(o, b, a) = *from.row(o, a, b);
        }
}

}  // namespace ntkc::engine
