// Writes tests/duals/table.txt to standard output; minutes on one core. `make_dual_table 2 5` makes the part of every fifth activation from
// the third on, for work on several cores.
#include <cstdio>
#include <cstdlib>

#include "tests/duals/table.hpp"

using namespace ntkc::test;

int main(int count, char** words) {
  const std::size_t part = count > 2 ? std::strtoull(words[1], nullptr, 10) : 0,
                    parts = count > 2 ? std::strtoull(words[2], nullptr, 10) : 1;
  const std::vector<Use> uses = all_uses();
  for (std::size_t i = part; i < uses.size(); i += parts) {
    if (uses[i].row->kernel_only) continue;
    for (Row row : points(uses[i])) {
      row.kappa = integrated(uses[i], row, 0);
      row.kappa_dot = uses[i].row->jump ? "-" : integrated(uses[i], row, 1);
      std::puts(to_text(row).c_str());
    }
    std::fflush(stdout);
  }
}
