// Writes tests/road/duals.txt: E[phi(u) phi(v)] and E[phi'(u) phi'(v)] by the judge's integral, to 20 digits. For each activation named on
// the command line, the variances and correlations of the tests. Takes a second or so a value.
#include <fmt/format.h>

#include "activations/activation.hpp"
#include "reference/integral.hpp"

using namespace ntkc;
using numeric::Float100;

int main(int count, char** names) {
  for (int i = 1; i < count; ++i) {
    const activations::Activation* row = activations::find(names[i]);
    if (!row) return 1;
    graph::Args args;
    for (const auto& argument : row->arguments)
      args[std::string(argument.name)].value = expr::Expr(numeric::Number::parse(std::string(argument.fallback)));
    const expr::Expr phi = row->phi(args);
    for (const char* q : {"1e-6", "0.1", "1", "10", "100"})
      for (const char* rho : {"-1", "-0.999999", "-0.5", "0", "0.5", "0.9", "0.999", "0.999999999", "1"})
        for (int order = 0; order < 2; ++order) {
          const reference::Side s = reference::make_side(phi, order, Float100(q), {});
          const Float100 value = reference::integral(s, s, Float100(q) * Float100(rho), {});
          fmt::print("{} {} {} {} {}\n", names[i], order, q, rho, value.str(20, std::ios_base::scientific));
          std::fflush(stdout);
        }
  }
}
