// What the forward maps of layers are made of: a few primitives over a batch, whose rows are samples and whose columns are channels.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace ntkc::layers {

// The weights of one instance, W of N(0, 1), and its biases: h -> sigma_w / sqrt(n) h W + sigma_b b, n the channels of h.
struct AffineMap {
  std::uint32_t instance;
  std::optional<std::uint64_t> width;  // the channels that come out, where the spec says it
  expr::Expr sigma_w, sigma_b, rate, bias_rate;
  bool biases;
  std::optional<std::uint64_t>
      fan_in;  // of the standard parameterization: h W' + b', W' of variance sigma_w^2 / n, has the rate fan_in rate
};

// Finite networks by the forward maps of their layers. Implemented by src/finite.
class Forward {
 public:
  using Value = std::uint32_t;
  struct Term {
    expr::Expr weight;
    Value value;
  };
  virtual ~Forward() = default;
  virtual const graph::Network& network() const = 0;
  virtual Value at(graph::NodeId u) const = 0;  // what node u gave
  virtual Value input(graph::NodeId u) = 0;     // the data of an input
  virtual Value affine(Value h, const AffineMap& map) = 0;
  virtual Value map(Value h, const expr::Expr& phi) = 0;  // phi of each channel
  virtual Value sum(const std::vector<Term>& terms) = 0;
  virtual Value product(const std::vector<Value>& factors) = 0;
  virtual Value concat(const std::vector<Term>& parts) = 0;  // the weights tell what share of the whole the channels of a part are
  virtual Value mean(Value h) = 0;                           // over channels, by their shares: one channel
  virtual Value spread(Value number, Value like) = 0;        // one channel to as many as another value has
  virtual Value mask(Value h, std::uint32_t instance, const expr::Expr& kept) = 0;  // h / kept with probability kept, else 0
};

// Thrown by a forward map that has no finite counterpart.
struct NoFinite {
  graph::NodeId node;
  std::string what;
};

}  // namespace ntkc::layers
