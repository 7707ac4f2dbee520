// Completes tests/duals/table.txt: the rows that it lacks are made, those of activations named on the command line (or of `all`) anew,
// those of no activation dropped. Half an hour on one core for all; what is made is written at once.
#include <map>
#include <set>
#include <tuple>

#include "tests/duals/table.hpp"

using namespace ntkc::test;

int main(int count, char** words) {
  const std::set<std::string_view> anew(words + 1, words + count);
  const auto place = [](const Row& row) { return std::tuple(row.use, row.q1, row.q2, row.rho); };
  std::map<std::tuple<std::string, std::string, std::string, std::string>, Row> known;
  for (const Row& row : read_table()) known[place(row)] = row;
  std::vector<Row> rows;
  for (const Use& u : all_uses())
    for (const Row& row : points(u)) {
      const auto old = known.find(place(row));
      const bool kept = old != known.end() && !anew.contains(u.row->name) && !anew.contains("all");
      rows.push_back(kept ? old->second : row);
    }
  for (Row& row : rows) {
    if (!row.kappa.empty()) continue;
    row.kappa = exact(use(row.use), row, 0);
    row.kappa_dot = exact(use(row.use), row, 1);
    write_table(rows);
  }
  write_table(rows);
}
