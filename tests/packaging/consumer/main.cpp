#include <array>
#include <cstdio>

#include "alone.ntk.hpp"
#include "first.ntk.hpp"

double second_kernel();

int main() {
  const std::array<double, 3> x{1, 2, 3}, y{3, 2, 1};
  std::printf("%.17g %.17g %.17g\n", app::kernels::first::pair(x, y).ntk, second_kernel(), alone::pair(x, y).ntk);
}
