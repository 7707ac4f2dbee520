// Panels of Gauss-Legendre nodes on a line cut at given places.
#pragma once
#include <functional>
#include <vector>

#include "reference/integral.hpp"

namespace ntkc::reference {

inline constexpr int kNodes = 32;
const std::vector<Float50>& nodes();  // of [-1, 1], ascending
const std::vector<Float50>& weights();
struct HermiteRule {  // E[f(z)] = sum of weight * f(node), z ~ N(0, 1)
  std::vector<Float50> node, weight;
};
const HermiteRule& hermite_rule(int n);  // n = 16 or 20

using Line = std::function<Float50(const Float50&)>;
struct Panel {
  Float50 middle, half;
  std::vector<std::vector<Float50>> values;  // of each function, at the nodes
};

// [low, high], cut at `cuts` and then halved until every panel is no wider than `widest` and every function is resolved on it.
std::vector<Panel> panels(const Float50& low, const Float50& high, std::vector<Float50> cuts, const Float50& widest,
                          const std::vector<Line>& functions);

}  // namespace ntkc::reference
