// What the data give: features over channels in 100 digits.
#pragma once
#include <span>
#include <vector>

#include "ir/program.hpp"
#include "numeric/real.hpp"

namespace ntkc::reference {

using Features = std::vector<numeric::Float100>;

std::vector<Features> split_inputs(const ir::Program& program,
                                   std::span<const double> sample);  // std::invalid_argument where sizes do not fit
numeric::Float100 mean_product(const Features& a, const Features& b);
numeric::Float100 mean_square_difference(const Features& a, const Features& b);
numeric::Float100 mean_of(const Features& a);

}  // namespace ntkc::reference
