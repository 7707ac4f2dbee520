// The judge: a program, run slowly in 100 digits.
#pragma once
#include <map>
#include <span>
#include <string>

#include "ir/program.hpp"

namespace ntkc::reference {

// The outputs by name for one pair of samples. x and y hold the inputs one after another in order of declaration; a size that the program
// leaves open is what remains. Params that are not given have their defaults. `same`: x' is the same sample as x (y is not read).
//
// Closed forms, arithmetic and loops are right to about 80 digits. Expectations without a closed form are integrated by definition, to
// about 30 digits of sqrt(E[phi(u)^2] E[psi(v)^2]) (integral.hpp says how); quadrature and series nodes of an optimised program mean the
// same numbers.
std::map<std::string, numeric::Number> evaluate(const ir::Program& program, std::span<const double> x, std::span<const double> y,
                                                const expr::ParamValues& params = {}, bool same = false);

}  // namespace ntkc::reference
