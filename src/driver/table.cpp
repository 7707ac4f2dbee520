#include "driver/table.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "support/output.hpp"

namespace ntkc::driver {
namespace {

class Table : public io::Writer {
 public:
  Table(const io::Results& results, std::string heading)
      : results_(results),
        heading_(std::move(heading)),
        cells_(results.names.size(), std::vector<std::string>(results.shape[0] * results.columns())) {}
  bool write(std::size_t array, std::size_t row, std::size_t column, const double* values, std::size_t rows, std::size_t columns,
             std::size_t stride) override {
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j)
        cells_[array][(row + i) * results_.columns() + column + j] = fmt::format("{:.8g}", values[i * stride + j]);
    return true;
  }
  bool finish() override {
    std::string text = heading_.empty() ? "" : "# " + heading_ + "\n";
    for (std::size_t a = 0; a < cells_.size(); ++a) {
      if (cells_.size() > 1) text += "# " + results_.names[a] + "\n";
      std::size_t width = 0;
      for (const auto& cell : cells_[a]) width = std::max(width, cell.size());
      for (std::size_t k = 0; k < cells_[a].size(); ++k)
        text += fmt::format("{:>{}}{}", cells_[a][k], width, (k + 1) % results_.columns() == 0 ? "\n" : "  ");
    }
    failure_ = write_descriptor(STDOUT_FILENO, text).value_or("");
    return failure_.empty();
  }
  std::string failure() const override { return failure_; }

 private:
  io::Results results_;
  std::string heading_, failure_;
  std::vector<std::vector<std::string>> cells_;
};

}  // namespace

bool is_small(const io::Results& results) { return results.columns() <= 12 && results.shape[0] <= (results.columns() > 1 ? 40 : 100); }

std::unique_ptr<io::Writer> make_table(const io::Results& results, const std::string& heading) {
  return std::make_unique<Table>(results, heading);
}

}  // namespace ntkc::driver
