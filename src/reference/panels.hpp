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
inline constexpr int kHermiteNodes[] = {4, 6, 8, 12, 16, 20};
const HermiteRule& hermite_rule(int n);  // n of these

struct Line {
  std::function<Float50(const Float50&)> value;
  Float50 negligible = 0;  // where |value| stays below it, it need not be resolved: of 1 - tanh^2 far out digits are noise
  Float50 operator()(const Float50& z) const { return value(z); }
};
struct Panel {
  Float50 middle, half;
  std::vector<std::vector<Float50>> values;  // of each function, at the nodes
};

// [low, high], cut at `cuts` and then halved until every panel is no wider than `widest` and every function is resolved on it.
std::vector<Panel> panels(const Float50& low, const Float50& high, std::vector<Float50> cuts, const Float50& widest,
                          const std::vector<Line>& functions);

}  // namespace ntkc::reference
