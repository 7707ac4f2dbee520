#include "driver/data.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <future>

#include "engine/engine.hpp"
#include "io/inspect.hpp"
#include "support/sha256.hpp"

namespace ntkc::driver {
namespace {

using Dims = std::vector<graph::Dim>;

Dims dims_of(const graph::Shape& shape) {
  Dims dims = shape.positions;
  dims.push_back(shape.channels);
  return dims;
}

std::string spelling(const Dims& dims) {
  std::vector<std::string> words;
  for (const auto& d : dims) words.push_back(d.size ? fmt::format("{}", *d.size) : d.name);
  return fmt::format("[{}]", fmt::join(words, ", "));
}

std::optional<std::size_t> root(std::size_t value, std::size_t degree) {
  for (std::size_t r = 1;; ++r) {
    std::size_t power = 1;
    for (std::size_t i = 0; i < degree && power <= value; ++i) power *= r;
    if (power == value) return r;
    if (power > value) return std::nullopt;
  }
}

// Gives sizes to the names of one input, from the file's axes if they are the input's, else from the length of a sample.
class Fit {
 public:
  Fit(const std::string& input, const io::Matrix& m, Dims dims, Dimensions& known, Diagnostics& diagnostics)
      : input_(input), m_(m), dims_(std::move(dims)), known_(known), diagnostics_(diagnostics) {}

  bool run() {
    if (!same_axes() && !by_length()) return false;
    std::size_t size = 1;
    for (const auto& d : dims_) size *= size_of(d).value_or(1);
    return size == m_.columns || wrong_size();
  }

 private:
  std::optional<std::size_t> size_of(const graph::Dim& d) const {
    if (d.size) return *d.size;
    const auto found = known_.find(d.name);
    return found == known_.end() ? std::nullopt : std::optional(found->second.size);
  }
  bool wrong_size() {
    diagnostics_.report_global(Code::sample_size, m_.name, m_.columns, fmt::format("[{}]", fmt::join(m_.sample, ", ")), input_, takes(),
                               spelling(dims_));
    return false;
  }
  std::string takes() const {
    std::size_t product = 1;
    for (const auto& d : dims_) {
      if (!size_of(d)) return "a multiple of the sizes in";
      product *= *size_of(d);
    }
    return fmt::format("{}", product);
  }
  bool name(const std::string& name, std::size_t size) {
    const auto [at, fresh] = known_.try_emplace(name, Dimension{size, m_.name});
    if (fresh || at->second.size == size) return true;
    diagnostics_.report_global(Code::dimension_differs, name, at->second.size, at->second.file, size, m_.name);
    return false;
  }
  bool same_axes() {
    if (m_.sample.size() != dims_.size()) return false;
    for (std::size_t i = 0; i < dims_.size(); ++i)
      if (dims_[i].size && *dims_[i].size != m_.sample[i]) return false;
    for (std::size_t i = 0; i < dims_.size(); ++i)
      if (!dims_[i].size && !name(dims_[i].name, m_.sample[i])) return false;
    return true;
  }
  bool by_length() {
    if (diagnostics_.has_errors()) return false;
    std::size_t product = 1, count = 0;
    std::string unknown;
    for (const auto& d : dims_) {
      if (const auto size = size_of(d)) {
        product *= *size;
      } else if (count == 0 || d.name == unknown) {
        unknown = d.name;
        ++count;
      } else {
        diagnostics_.report_global(Code::dimensions_unknown, input_, spelling(dims_), m_.columns);
        return false;
      }
    }
    if (count == 0) return true;
    const auto size = m_.columns % product == 0 ? root(m_.columns / product, count) : std::nullopt;
    return size ? name(unknown, *size) : wrong_size();
  }

  const std::string& input_;
  const io::Matrix& m_;
  Dims dims_;
  Dimensions& known_;
  Diagnostics& diagnostics_;
};

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && letter(text[0]) && std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// The file of each input, in their order.
std::optional<std::vector<std::string>> files_of(const std::vector<std::string>& words, const plan::Plan& plan, Diagnostics& diagnostics) {
  std::vector<std::string> files(plan.inputs.size());
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const bool named = equals != std::string::npos && is_name(std::string_view(word).substr(0, equals));
    const std::string name = named ? word.substr(0, equals) : plan.inputs[0].name;
    const auto input = std::ranges::find(plan.inputs, name, &graph::InputInfo::name);
    if (!named && plan.inputs.size() > 1) {
      diagnostics.report_global(Code::input_without_data, plan.inputs[0].name).suggest(fmt::format("write {}={}", name, word));
    } else if (input == plan.inputs.end()) {
      std::vector<std::string> names;
      for (const auto& i : plan.inputs) names.push_back(i.name);
      diagnostics.report_global(Code::no_such_input, name)
          .suggest(fmt::format("it has {}; a file of that name is written ./{}", fmt::join(names, ", "), word));
    } else if (std::string& file = files[static_cast<std::size_t>(input - plan.inputs.begin())]; !file.empty()) {
      diagnostics.report_global(Code::input_given_twice, name);
    } else {
      file = named ? word.substr(equals + 1) : word;
    }
    if (diagnostics.has_errors()) return std::nullopt;
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!files[i].empty()) continue;
    diagnostics.report_global(Code::input_without_data, plan.inputs[i].name);
    return std::nullopt;
  }
  return files;
}

io::Matrix beside(std::vector<io::Matrix>& parts) {
  if (parts.size() == 1) return std::move(parts[0]);
  io::Matrix all;
  all.rows = parts[0].rows;
  all.name = parts[0].name;
  for (const auto& part : parts) all.columns += part.columns;
  all.sample = {all.columns};
  all.values.reserve(all.rows * all.columns);
  for (std::size_t i = 0; i < all.rows; ++i)
    for (const auto& part : parts) all.values.insert(all.values.end(), part.row(i), part.row(i) + part.columns);
  return all;
}

}  // namespace

std::optional<Data> read_data(const std::vector<std::string>& words, const io::Rows& rows, const plan::Plan& plan, Dimensions& dimensions,
                              Diagnostics& diagnostics) {
  const auto files = files_of(words, plan, diagnostics);
  if (!files) return std::nullopt;
  Data data;
  std::vector<io::Matrix> parts;
  for (std::size_t i = 0; i < files->size(); ++i) {
    // Beside reading, unless both would take bytes from one stream.
    const std::string file = io::file_of((*files)[i]);
    std::error_code ignored;
    auto hashing = std::async(std::filesystem::is_regular_file(file, ignored) ? std::launch::async : std::launch::deferred,
                              [&] { return sha256_of_file(file); });
    auto part = io::read((*files)[i], rows, diagnostics);
    if (!part || !Fit(plan.inputs[i].name, *part, dims_of(plan.input_shapes[i]), dimensions, diagnostics).run()) return std::nullopt;
    if (i > 0 && part->rows != parts[0].rows) {
      diagnostics.report_global(Code::sample_counts_differ, parts[0].name, parts[0].rows, part->name, part->rows);
      return std::nullopt;
    }
    const auto hash = hashing.get();
    if (!hash) {
      diagnostics.report_global(Code::cannot_open, file, "it cannot be read again");
      return std::nullopt;
    }
    data.hashes.push_back(*hash);
    parts.push_back(std::move(*part));
  }
  data.samples = beside(parts);
  if (engine::input_sizes(plan, data.samples.columns).empty()) {
    diagnostics.report_global(Code::dimensions_unknown, plan.inputs[0].name, spelling(dims_of(plan.input_shapes[0])), data.samples.columns);
    return std::nullopt;
  }
  io::inspect(data.samples, rows.begin, diagnostics);
  return data;
}

}  // namespace ntkc::driver
