// A plan of norms, collapsed on data.
#pragma once
#include <memory>
#include <vector>

#include "engine/samples.hpp"
#include "ntk/runtime/collapse_data.hpp"

namespace ntkc::engine {

// The plan's recursion at chosen norms and angles, by samples that have them: rows with one number that is not 0.
class Nodes {
 public:
  Nodes(const Context& context, std::size_t columns);
  struct Side;
  std::size_t outputs() const { return context_.plan.outputs.size(); }
  Side side(const std::vector<double>& variances) const;
  std::vector<std::vector<double>> diagonal(const std::vector<double>& variances) const;
  void kernels(const Side& x, const Side& y, ::ntk::collapse::Sheet sheet, const std::vector<double>& t, double* out) const;
  double near(double variance, const std::vector<double>& t) const;

 private:
  std::vector<double> rows(const std::vector<double>& variances) const;
  void kernels(Machine& machine, const Side& x, std::size_t a, const Side& y, ::ntk::collapse::Sheet sheet, const std::vector<double>& t,
               double* out) const;

  const Context& context_;
  std::size_t columns_;
  // Lanes then read the samples of whole packs one after the other, again and again: to look for each is slow.
  bool has_series_;
};
struct Nodes::Side {
  std::vector<double> variances, rows;
  std::size_t lanes = 0;  // that an angle takes: as many as there are variances, or a few more
  std::unique_ptr<Samples> samples;
  std::vector<std::vector<double>> diagonal;  // of each output k(x, x)
};

template <class T>
using Collapsed = ::ntk::collapse::Collapsed<Nodes, T>;
template <class T>
using Collapses = ::ntk::collapse::Collapses<Nodes, T>;

// None where the plan does not collapse, or not on these samples.
template <class T>
Collapses<T> collapse(const Context& context, const Samples& x, const Samples& y);

}  // namespace ntkc::engine
