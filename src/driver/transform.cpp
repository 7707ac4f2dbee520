#include "driver/transform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <iterator>

namespace ntkc::driver {
namespace {

Vectors roots(Vectors values) {
  for (auto& v : values)
    for (double& k : v) k = std::sqrt(std::max(k, 0.0));
  return values;
}

}  // namespace

bool Collect::write(std::size_t output, std::size_t row, std::size_t, engine::Rows tile) {
  for (std::size_t i = 0; i < tile.rows; ++i) values[output][row + i] = tile.row(i)[0];
  return true;
}

Normalizer::Normalizer(const Vectors& x, const Vectors& y, bool symmetric) : x_(roots(x)), y_(roots(y)), symmetric_(symmetric) {}

double Normalizer::operator()(std::size_t output, std::size_t row, std::size_t column, double k) const {
  const double scale = x_[output][row] * y_[output][column];
  if (scale == 0) return 0;
  return symmetric_ && row == column ? 1 : k / scale;
}

Means::Means(const std::vector<double>& bounds, std::size_t rows, const Normalizer* normalizer, std::function<void(std::uint64_t)> done)
    : rows_(rows), normalizer_(normalizer), done_(std::move(done)) {
  for (const double bound : bounds) sums_.emplace_back(rows, bound);
}

bool Means::write(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) {
  for (std::size_t i = 0; i < tile.rows; ++i)
    for (std::size_t j = 0; j < tile.columns; ++j) {
      const double k = tile.row(i)[j];
      sums_[output].add(row + i, normalizer_ ? (*normalizer_)(output, row + i, column + j, k) : k);
    }
  done_(tile.rows * tile.columns);
  return true;
}

void Means::finish() {
  for (const ExactSums& sums : sums_) {
    auto& means = means_.emplace_back(rows_);
    for (std::size_t i = 0; i < rows_; ++i) means[i] = sums.sum(i) / static_cast<double>(rows_);
  }
  average();
}

void Means::average() {
  for (const auto& means : means_) {
    double all = 0;
    for (const double m : means) all += m;
    mean_.push_back(all / static_cast<double>(rows_));
  }
}

constexpr std::size_t kHexDigits = 16;  // of the bits of a double

std::string Means::to_text() const {
  std::string text;
  text.reserve(means_.size() * rows_ * kHexDigits);
  for (const auto& means : means_)
    for (const double m : means) fmt::format_to(std::back_inserter(text), "{:016x}", std::bit_cast<std::uint64_t>(m));
  return text;
}

bool Means::from_text(const std::string& text) {
  if (text.size() != sums_.size() * rows_ * kHexDigits) return false;
  const char* at = text.data();
  Vectors found(sums_.size(), std::vector<double>(rows_));
  for (auto& means : found)
    for (double& m : means) {
      std::uint64_t bits = 0;
      if (std::from_chars(at, at + kHexDigits, bits, 16).ptr != at + kHexDigits) return false;
      m = std::bit_cast<double>(bits);
      at += kHexDigits;
    }
  means_ = std::move(found);
  average();
  return true;
}

void RankWatch::look(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) {
  const auto& d = diagonal_[output];
  for (std::size_t i = 0; i < tile.rows && !found_[output]; ++i)
    for (std::size_t j = 0; j < tile.columns; ++j)
      if (row + i != column + j && tile.row(i)[j] < (1 - deficit_) * std::sqrt(d[row + i]) * std::sqrt(d[column + j]))
        found_[output] = true;
}

std::uint64_t RankWatch::marks() const {
  std::uint64_t marks = 0;
  for (std::size_t o = 0; o < found_.size(); ++o) marks |= std::uint64_t{found_[o]} << o;
  return marks;
}

void RankWatch::recall(std::uint64_t marks) {
  for (std::size_t o = 0; o < found_.size(); ++o) found_[o] = found_[o] || (marks >> o & 1) != 0;
}

bool Deliver::wanted(const engine::Block& b) {
  if (!writer.has({b.row, b.rows, b.column, b.columns})) return true;
  ++panels.kept;
  skipped(std::uint64_t{b.rows} * b.columns * outputs);
  return false;
}

bool Deliver::write(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) {
  if (watch) watch->look(output, row, column, tile);
  bool good = true;
  if (!normalizer && !means) good = writer.write(output, row, column, tile.data, tile.rows, tile.columns, tile.stride);
  buffer_.resize(normalizer || means ? tile.columns : 0);
  for (std::size_t i = 0; i < tile.rows && !buffer_.empty() && good; ++i) {
    for (std::size_t j = 0; j < tile.columns; ++j) {
      const double k = normalizer ? (*normalizer)(output, row + i, column + j, tile.row(i)[j]) : tile.row(i)[j];
      buffer_[j] = means ? means->centre(output, row + i, column + j, k) : k;
    }
    good = writer.write(output, row + i, column, buffer_.data(), 1, tile.columns, tile.columns);
  }
  done(tile.rows * tile.columns);
  if (!good || output + 1 < outputs) return good;
  ++panels.computed;
  return writer.complete({row, tile.rows, column, tile.columns}, watch ? watch->marks() : 0);
}

}  // namespace ntkc::driver
