#include "random_layers.hpp"

namespace ntkc::tests {

std::string RandomLayers::dense() {
  std::string args;
  const auto add = [&](const std::string& a) { args += (args.empty() ? "" : ", ") + a; };
  if (chance(0.6)) add("sigma_w = " + positive(0.6, 1.7));
  if (chance(0.4)) add("sigma_b = " + (chance(0.1) ? std::string("0") : real(0.02, 1.2)));
  if (chance(0.15)) add("lr = " + real(0, 2));
  if (chance(0.1)) add("lr_b = " + real(0, 2));
  if (chance(0.07)) add("trainable = false");
  if (widths_ && chance(0.1)) add("parameterization = standard");
  if (!widths_ && chance(0.05)) add("width = 8");
  return args.empty() ? "dense" : "dense(" + args + ")";
}

std::string RandomLayers::activation() {
  if (nngp_only_ && chance(0.4)) return chance(0.5) ? "step" : "sign";
  if (growing_ && chance(0.3)) {
    switch (below(5)) {
      case 0:
        return fmt::format("exp(a = {}, b = {})", signed_real(1), real(-0.4, 0.4));
      case 1:
        return fmt::format("monomial(n = {})", 1 + below(4));
      case 2:
        return fmt::format("polynomial([{}, {}, {}, {}])", signed_real(1), signed_real(1), signed_real(0.5), signed_real(0.2));
      case 3:
        return fmt::format("hermite(n = {})", 1 + below(4));
      default:
        return fmt::format("rectified_power(n = {})", 1 + below(3));
    }
  }
  switch (below(14)) {
    case 0:
    case 1:
    case 2:
      return "relu";
    case 3:
      return chance(0.5) ? "leaky_relu" : fmt::format("leaky_relu(slope = {})", real(-0.5, 0.5));
    case 4:
      return "abs";
    case 5:
      return fmt::format("ab_relu(a = {}, b = {})", signed_real(1.2), signed_real(1.2));
    case 6:
      return fmt::format("erf(a = {}, b = {}, c = {})", signed_real(1.5), signed_real(1.5), chance(0.5) ? "0" : signed_real(0.5));
    case 7:
      return "norm_cdf";
    case 8:
      return "gelu";
    case 9:
      return fmt::format("sin(a = {}, b = {}, c = {})", signed_real(1.3), signed_real(1), chance(0.5) ? "0" : signed_real(1));
    case 10:
      return fmt::format("cos(a = {}, b = {}, c = {})", signed_real(1.3), signed_real(1), chance(0.5) ? "0" : signed_real(1));
    case 11:
      return fmt::format("rbf(gamma = {})", positive(0.1, 1));
    case 12:
      return fmt::format("gaussian(a = {}, b = {})", signed_real(1.3), real(-1.5, -0.1));
    default:
      return chance(0.6)   ? "gabor"
             : chance(0.6) ? "erf"
                           : fmt::format("exp_normalized(gamma = {}, shift = {})", real(0.2, 2), signed_real(1));
  }
}

}  // namespace ntkc::tests
