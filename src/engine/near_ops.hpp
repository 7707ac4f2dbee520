// Numbers read off rows of features, compiled for several instruction sets: as ntk/runtime/features.hpp has them.
#pragma once
#include <cstddef>

namespace ntkc::engine {

double inner(std::size_t n, const double* a, const double* b);

// What two rows of norms qa and qb (by `inner`) say of a pair; gram and distance are right however near the rows are.
struct Near {
  double inner, distance, gram;
};
Near near(std::size_t n, const double* a, const double* b, double qa, double qb);

}  // namespace ntkc::engine
