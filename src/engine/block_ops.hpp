// Operations over many lanes at once, compiled for several instruction sets; the best one of this machine runs.
#pragma once
#include <cstddef>
#include <string_view>

#include "expr/expr.hpp"

namespace ntkc::engine {

inline constexpr std::size_t kPack =
    8;  // counts of lanes are multiples of this, so that no lane is computed by other instructions than another
inline constexpr std::size_t kLanes = 256;  // the most lanes: a dozen values of them stay in the first-level cache
inline std::size_t packed(std::size_t n) { return (n + kPack - 1) / kPack * kPack; }

// A number for each lane, or one for all of them.
struct Operand {
  const double* lanes = nullptr;
  double value = 0;
};

// out = f(args), n lanes.
void apply(expr::Function f, std::size_t n, const Operand* args, double* out);

// From sums of products: c = sum / size, determinant = q1 q2 - c², distance = q1 + q2 - 2c. True if a determinant is not above near * q1
// q2.
bool read_products(std::size_t n, double q1, const double* q2, const double* sum, double size, double near, double* c, double* distance,
                   double* determinant);

std::string_view instruction_set_name();

}  // namespace ntkc::engine
