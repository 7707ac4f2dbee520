// Expectations over pairs without a closed form, for all lanes of a row.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <tuple>

#include "engine/block_ops.hpp"
#include "engine/function.hpp"
#include "engine/series_ops.hpp"

namespace ntkc::engine {

// The series of each lane: one for all, or one a lane, in rows or in blocks of eight, there side by side or scattered.
struct LaneSeries {
  enum class Layout { one, rows, blocks, scattered } layout = Layout::one;
  const double* at = nullptr;  // of the first lane's row or block, or of the one in a block
  std::size_t first = 0;       // the first lane's place in its block
  std::size_t numbers = 0;     // of one series
  std::size_t terms = 0;
  const std::uint32_t* places = nullptr;  // of scattered lanes: their samples
  std::size_t period = 0;                 // not 0: blocks begin anew after so many lanes
  const double* block(std::size_t b) const { return at + (period == 0 ? b : b % (period / kPack)) * kPack * numbers; }
  ::ntk::quadrature::Strided lane(std::size_t l) const;
};

// The integrals of a run that series do not give: distances and duals of one covariance ask for the same. They are kept by everything that
// they depend on.
class Integrals {
 public:
  // Two activations, their orders; both variances, covariance and determinant.
  using Key = std::tuple<const Activation*, const Activation*, int, int, std::array<std::uint64_t, 4>>;
  template <class F>
  double operator()(const Key& key, const F& compute) {
    const auto found = values_.find(key);
    return found != values_.end() ? found->second : values_[key] = compute();
  }
  void clear() { values_.clear(); }

 private:
  std::map<Key, double> values_;  // looked up, never iterated
};

struct DualSide {
  const Activation& activation;
  int order;
  Operand q;
  LaneSeries series;
};

// E[f^(i)(u) g^(j)(v)] for `lanes` lanes; there is room for whole packs of them. If i = j = 0 and slopes are wanted, also E[f'(u) g'(v)].
// How many were beyond their series and what follows it.
std::size_t duals(std::size_t lanes, const DualSide& u, const DualSide& v, const Operand& c, const Operand& gram, double truncation,
                  Integrals& seen, double* out, double* slopes = nullptr);

// E[(f(u) - f(v))^2].
void dual_distances(std::size_t lanes, const DualSide& u, const DualSide& v, const Operand& c, const Operand& gram, double truncation,
                    Integrals& seen, double* out);

}  // namespace ntkc::engine
