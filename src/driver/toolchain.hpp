// A generated evaluator as a program: compiled by the C++ compiler at hand, run on samples.
#pragma once
#include "driver/pipeline.hpp"
#include "io/matrix.hpp"

namespace ntkc::driver {

// The kernels of the rows with each other, row by row, one vector for each output of the network's plan. The compiler is what the variable
// CXX names (with its options), else the first of c++, g++ and clang++ that runs. Errors: 8002, 8005, 8006.
std::optional<std::vector<std::vector<double>>> run_generated(const Compilation& compilation, std::size_t network, const io::Matrix& x,
                                                              Diagnostics& diagnostics);

}  // namespace ntkc::driver
