// A plan of norms collapsed on data: bins of the samples' norms, fits for pairs of bins, and what rows and columns need of each sample.
#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "engine/samples.hpp"
#include "ntk/runtime/collapse.hpp"

namespace ntkc::engine {

// The plan's recursion at chosen norms and angles, by samples that have them: rows with one number that is not 0.
class Nodes {
 public:
  Nodes(const Context& context, std::size_t columns) : context_(context), columns_(columns) {}
  struct Side;
  std::size_t outputs() const { return context_.plan.outputs.size(); }
  Side side(const std::vector<double>& variances) const;
  void kernels(const Side& x, const Side& y, ::ntk::collapse::Sheet sheet, const std::vector<double>& t, double* out) const;

 private:
  const Context& context_;
  std::size_t columns_;
};
struct Nodes::Side {
  static constexpr std::size_t kCopies = 8;  // of all its samples, so that a row of lanes holds several angles
  std::vector<double> variances, rows;
  std::unique_ptr<Samples> samples;
  std::vector<double> roots;  // [output][sample]: sqrt(k(x, x))
};

// Of the samples of one side of a matrix.
struct Binned {
  static constexpr std::uint16_t kNone = std::numeric_limits<std::uint16_t>::max();  // of samples without a norm or a kernel
  std::vector<std::uint16_t> bin;
  std::vector<double> inverse_norm;                // 1 / sqrt(q)
  std::vector<std::vector<double>> roots, places;  // of each output sqrt(k(x, x)); T_1, T_2, ... of the place of log q in its bin
  std::vector<std::size_t> population;             // of each bin
};

class Collapsed {
 public:
  // Null where the plan does not collapse, or not on these samples. The samples must live as long.
  static std::unique_ptr<const Collapsed> make(const Context& context, const Samples& x, const Samples& y);

  const Binned& x() const { return x_; }
  const Binned& y() const { return y_; }
  const ::ntk::collapse::Shape& shape() const { return collapse_.shape(); }
  std::size_t bins() const { return collapse_.bins(); }
  // Null where the direct recursion serves a pair of bins better.
  const ::ntk::collapse::Fit* fit(std::size_t x_bin, std::size_t y_bin, ::ntk::collapse::Sheet sheet) const;

 private:
  Collapsed(const Nodes& nodes, ::ntk::collapse::Interval all, ::ntk::collapse::Shape shape)
      : nodes_(nodes), collapse_(nodes_, all, shape) {}
  Binned binned(const Context& context, const Samples& samples) const;

  Nodes nodes_;
  ::ntk::collapse::Collapse<Nodes> collapse_;
  Binned x_, y_;
};

}  // namespace ntkc::engine
