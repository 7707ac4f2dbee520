#include "io/writer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "io/part_file.hpp"
#include "io/placed.hpp"

namespace ntkc::io {
namespace {

class Csv : public Writer {
 public:
  Csv(const std::string& path, const Results& results) : file_(path), results_(results) { file_.open(0); }
  bool write(std::size_t, std::size_t, std::size_t, const double* values, std::size_t rows, std::size_t columns,
             std::size_t stride) override {
    for (std::size_t i = 0; i < rows; ++i) {
      text_.clear();
      for (std::size_t j = 0; j < columns; ++j) {
        const double value = values[i * stride + j];
        if (j > 0) text_.push_back(',');
        if (results_.dtype == Dtype::f64)
          fmt::format_to(std::back_inserter(text_), "{}", value);
        else
          fmt::format_to(std::back_inserter(text_), "{}", static_cast<float>(value));
      }
      text_.push_back('\n');
      if (!file_.append({text_.data(), text_.size()})) return false;
    }
    return true;
  }
  bool finish() override { return file_.finish(); }
  std::string failure() const override { return file_.failure(); }

 private:
  PartFile file_;
  Results results_;
  fmt::memory_buffer text_;
};

// .npy bytes to standard output.
class Stream : public Writer {
 public:
  explicit Stream(const Results& results) : results_(results) { put(npy_prefix(results.dtype, results.shape)); }
  bool write(std::size_t, std::size_t, std::size_t, const double* values, std::size_t rows, std::size_t columns,
             std::size_t stride) override {
    for (std::size_t i = 0; i < rows; ++i) {
      bytes_.clear();
      append_numbers(results_.dtype, values + i * stride, columns, bytes_);
      if (!put(bytes_)) return false;
    }
    return true;
  }
  bool finish() override { return failure_.empty(); }
  std::string failure() const override { return failure_; }

 private:
  bool put(std::string_view bytes) {
    if (failure_.empty()) failure_ = write_descriptor(STDOUT_FILENO, bytes).value_or("");
    return failure_.empty();
  }
  Results results_;
  std::string bytes_, failure_;
};

}  // namespace

std::optional<Form> form_of(const std::string& path) {
  if (path == "-") return Form::standard_output;
  if (path.ends_with(".npy")) return Form::npy;
  if (path.ends_with(".npz")) return Form::npz;
  if (path.ends_with(".csv")) return Form::csv;
  return std::nullopt;
}

std::uint64_t bytes_of(Form form, const Results& results) {
  constexpr std::uint64_t kDigits = 20;  // a number and its comma
  return form == Form::csv ? results.numbers() * kDigits : bytes_of_placed(results, form == Form::npz);
}

std::unique_ptr<Writer> make_writer(Form form, const std::string& path, const Results& results, const Work& work, bool resume) {
  if (form == Form::csv) return std::make_unique<Csv>(path, results);
  if (form == Form::standard_output) return std::make_unique<Stream>(results);
  return make_placed(path, results, form == Form::npz, work, resume);
}

}  // namespace ntkc::io
