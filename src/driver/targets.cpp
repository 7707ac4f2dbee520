#include "driver/targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ntkc::driver {
namespace inference = ::ntk::inference;
namespace {

constexpr double kLargestLabel = 9e15;  // integers below are doubles

// Bytes of images are scaled when they are read, labels are not.
std::optional<io::Matrix> read_rows(const std::string& file, const io::Rows& rows, std::size_t samples, const std::string& of,
                                    Diagnostics& diagnostics) {
  auto m = io::read(file, rows, diagnostics);
  if (m && m->rows != samples) {
    diagnostics.report_global(Code::sample_counts_differ, of, samples, m->name, m->rows);
    return std::nullopt;
  }
  if (m && m->unit != 1)
    for (double& value : m->values) value = std::round(value / m->unit);
  return m;
}

std::optional<std::string> why_no_labels(const io::Matrix& m, std::size_t first_row) {
  if (m.columns != 1) return fmt::format("it has {} numbers a sample", m.columns);
  const auto odd = std::ranges::find_if(m.values, [](double v) { return v != std::floor(v) || std::abs(v) > kLargestLabel; });
  if (odd == m.values.end()) return std::nullopt;
  return fmt::format("sample {} has {}", first_row + static_cast<std::size_t>(odd - m.values.begin()), *odd);
}

bool refuse(const std::optional<std::string>& why, const io::Matrix& m, Diagnostics& diagnostics) {
  if (why) diagnostics.report_global(Code::not_labels, m.name, *why);
  return why.has_value();
}

Targets as_values(const io::Matrix& m) {
  const auto rows = static_cast<inference::Index>(m.rows), columns = static_cast<inference::Index>(m.columns);
  return {Eigen::Map<const inference::Matrix>(m.values.data(), rows, columns), {}, {}, m.name};
}

// Throws inference::UnknownClass.
Targets as_classes(const io::Matrix& m, std::vector<inference::Label> classes) {
  std::vector<inference::Label> labels(m.values.begin(), m.values.end());
  if (classes.empty()) classes = inference::classes_of(labels);
  auto values = inference::one_hot(labels, classes);
  return {std::move(values), std::move(classes), std::move(labels), m.name};
}

}  // namespace

std::optional<Targets> read_targets(const std::string& file, const io::Rows& rows, Labels how, std::size_t samples, const std::string& of,
                                    Diagnostics& diagnostics) {
  const auto m = read_rows(file, rows, samples, of, diagnostics);
  if (!m) return std::nullopt;
  if (how == Labels::values || (how == Labels::automatic && (m->columns != 1 || !m->whole))) return as_values(*m);
  auto why = why_no_labels(*m, rows.begin);
  if (!why && std::ranges::all_of(m->values, [&](double v) { return v == m->values[0]; }))
    why = fmt::format("all samples have {}", m->values[0]);
  if (refuse(why, *m, diagnostics)) return std::nullopt;
  return as_classes(*m, {});
}

std::optional<Targets> read_targets_like(const Targets& train, const std::string& file, const io::Rows& rows, std::size_t samples,
                                         const std::string& of, Diagnostics& diagnostics) {
  const auto m = read_rows(file, rows, samples, of, diagnostics);
  if (!m) return std::nullopt;
  const auto outputs = static_cast<std::size_t>(train.values.cols());
  if (train.classes.empty()) {
    if (m->columns == outputs) return as_values(*m);
    diagnostics.report_global(Code::target_columns, train.name, outputs, m->name, m->columns);
    return std::nullopt;
  }
  if (refuse(why_no_labels(*m, rows.begin), *m, diagnostics)) return std::nullopt;
  try {
    return as_classes(*m, train.classes);
  } catch (const inference::UnknownClass& e) {
    diagnostics.report_global(Code::unseen_class, e.label, rows.begin + static_cast<std::size_t>(e.row), m->name);
    return std::nullopt;
  }
}

}  // namespace ntkc::driver
