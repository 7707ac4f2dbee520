// A network of given widths as straight-line code over a batch: a row a sample, a column a channel.
#pragma once
#include <optional>
#include <variant>

#include "finite/matrix.hpp"
#include "graph/graph.hpp"
#include "support/diagnostics.hpp"

namespace ntkc::finite {

using Id = std::uint32_t;  // of an operation, and of its result

// The weights of one instance: h -> weight_scale h W + bias_scale b. W and b are drawn with these deviations and move with these rates.
struct Weights {
  std::string name;
  std::size_t in = 0, out = 0;
  bool biases = false;
  double weight_scale = 1, weight_deviation = 1, weight_rate = 1;
  double bias_scale = 1, bias_deviation = 1, bias_rate = 1;
  double numbers() const { return (double(in) + (biases ? 1 : 0)) * double(out); }
};

struct Mask {
  std::size_t channels = 0;
  double kept = 1;
};

struct Input {
  std::size_t first = 0;  // columns [first, first + channels) of the data
};
struct Affine {
  Id h;
  std::uint32_t weights;         // index into Model::weights
  Eigen::RowVectorXd factors{};  // of the channels of h where their shares differ; else empty
};
struct Map {
  Id h;
  Pointwise phi;
};
struct Sum {
  std::vector<std::pair<double, Id>> terms;
};
struct Multiply {
  std::vector<Id> factors;
};
struct Concat {
  std::vector<Id> parts;
};
struct Mean {
  Id h;
  Eigen::VectorXd shares;
};
struct Spread {
  Id h;
};
struct Masked {
  Id h;
  std::uint32_t mask;  // index into Model::masks
};

struct Op {
  std::variant<Input, Affine, Map, Sum, Multiply, Concat, Mean, Spread, Masked> what;
  std::size_t channels = 0;
  bool moves = false;  // with the parameters; else it is a function of the data alone, and needs no adjoint
};

struct Model {
  std::vector<Op> ops;  // in order: operands have smaller numbers
  std::vector<Weights> weights;
  std::vector<Mask> masks;
  Id output = 0;
  std::size_t columns = 0;  // of the data: all inputs one after another
  std::size_t outputs() const { return ops[output].channels; }
  double parameters() const;  // P: the sum of (n_l + 1) n_(l+1), without the 1 where a layer has no biases
};

struct Widths {
  std::size_t hidden = 256;  // of layers without a width
  std::size_t outputs = 1;   // of the last layer, if it has none and no weights or means read it
  double growth = 1;         // of the widths that the spec gives
};

// Loops are unrolled. input_sizes: the channels of each input. Error: 5301.
std::optional<Model> make_model(const graph::Network& network, const std::vector<std::size_t>& input_sizes, const Widths& widths,
                                const expr::ParamValues& params, Diagnostics& diagnostics);

}  // namespace ntkc::finite
