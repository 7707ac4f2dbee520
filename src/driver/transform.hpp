// What happens to kernel values between the engine and the file: normalising, centring, a look at their correlations.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "driver/exact_sum.hpp"
#include "engine/engine.hpp"
#include "io/writer.hpp"

namespace ntkc::driver {

using Vectors = std::vector<std::vector<double>>;  // one an output of the plan

// Collects a matrix of one column.
class Collect : public engine::TileSink {
 public:
  Collect(std::size_t outputs, std::size_t rows) : values(outputs, std::vector<double>(rows)) {}
  bool write(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) override;
  Vectors values;
};

// k / sqrt(k(x, x) k(y, y)), 0 where a sample has no feature; the diagonal of a symmetric matrix is 1 exactly.
class Normalizer {
 public:
  Normalizer(const Vectors& x, const Vectors& y, bool symmetric);
  double operator()(std::size_t output, std::size_t row, std::size_t column, double k) const;

 private:
  Vectors x_, y_;  // square roots
  bool symmetric_;
};

// The means of the rows of a symmetric matrix, and of all of it. Centring in feature space is k - m(x) - m(y) + m.
class Means : public engine::TileSink {
 public:
  Means(const std::vector<double>& bounds, std::size_t rows, const Normalizer* normalizer, std::function<void(std::uint64_t)> done);
  bool write(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) override;
  void finish();
  std::string to_text() const;              // what finish() has found
  bool from_text(const std::string& text);  // instead of writes and finish(); false: it is not that of such a matrix
  double centre(std::size_t output, std::size_t row, std::size_t column, double k) const {
    return k - (means_[output][row] + means_[output][column]) + mean_[output];
  }

 private:
  std::vector<ExactSums> sums_;
  void average();
  std::size_t rows_;
  const Normalizer* normalizer_;
  std::function<void(std::uint64_t)> done_;
  Vectors means_;
  std::vector<double> mean_;
};

// Finds out whether some pair of different samples has a correlation below 1 - 1e-10, in single precision 1 - 1e-6. An output each.
class RankWatch {
 public:
  RankWatch(const Vectors& diagonal, bool single) : diagonal_(diagonal), deficit_(single ? 1e-6 : 1e-10), found_(diagonal.size(), false) {}
  void look(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile);
  bool rank_one(std::size_t output) const { return !found_[output]; }
  double deficit() const { return deficit_; }
  std::uint64_t marks() const;       // a bit for each output of such a pair
  void recall(std::uint64_t marks);  // of a run that this one continues

 private:
  const Vectors& diagonal_;
  double deficit_;
  std::vector<bool> found_;
};

struct Panels {
  std::uint64_t kept = 0, computed = 0;
};

// To the writer, by way of what is wanted (pointers may be null).
class Deliver : public engine::TileSink {
 public:
  io::Writer& writer;
  const Normalizer* normalizer = nullptr;
  const Means* means = nullptr;
  RankWatch* watch = nullptr;
  std::function<void(std::uint64_t)> done, skipped;
  std::size_t outputs = 1;
  Panels& panels;

  Deliver(io::Writer& to, Panels& counts) : writer(to), panels(counts) {}
  bool wanted(const engine::Block& block) override;
  bool write(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) override;

 private:
  std::vector<double> buffer_;
};

}  // namespace ntkc::driver
