// The samples of one side: their rows, what the sample program leaves of them, and the norms of the features that products read.
#pragma once
#include <mutex>
#include <vector>

#include "engine/engine.hpp"
#include "engine/machine.hpp"

namespace ntkc::engine {

// Rows of features as a matrix with a stride.
struct FeatureRows {
  const double* data = nullptr;
  std::size_t size = 0, stride = 0;
  const double* row(std::size_t i) const { return data + i * stride; }
};

class Samples {
 public:
  // What the rows are: data, or features that products read (plan::Plan::of_features).
  enum class Are : std::uint8_t { data, features };
  // `block`: samples that the sample program takes at once; those of equal variances share their series.
  Samples(const Context& context, Rows rows, std::size_t block = 64, Are are = Are::data);

  std::size_t count() const { return rows_.rows; }
  // What the sample program leaves. It runs when this is first asked for, with the threads of the arena around; threads may ask at once.
  const Store& store() const;
  FeatureRows features(std::size_t product, bool left) const;  // left or right features of a product
  // inner(f, f) of each sample, f the left or right features of a product; zeros beyond the last.
  const double* norms(std::size_t product, bool left) const { return norms_[2 * product + (left ? 0 : 1)].data(); }

 private:
  FeatureRows features(const plan::Ref& ref) const;

  const Context& context_;
  const plan::Code& code_;
  Are are_;
  Rows rows_;
  std::size_t block_;
  std::vector<std::size_t> sizes_, offsets_;
  mutable std::once_flag ran_;
  mutable Store store_;
  std::vector<std::vector<double>> norms_;
};

}  // namespace ntkc::engine
