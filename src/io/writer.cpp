#include "io/writer.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "io/part_file.hpp"
#include "io/zip_layout.hpp"

namespace ntkc::io {
namespace {

std::uint64_t numbers_in(const Results& results) { return std::uint64_t{results.shape[0]} * results.columns(); }

// Appends numbers as they are stored.
void store(Dtype type, const double* values, std::size_t count, std::string& bytes) {
  const std::size_t at = bytes.size();
  bytes.resize(at + count * bytes_of(type));
  char* to = bytes.data() + at;
  if (type == Dtype::f64) {
    std::memcpy(to, values, count * sizeof(double));
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const float value = static_cast<float>(values[i]);
    std::memcpy(to + i * sizeof value, &value, sizeof value);
  }
}

// .npy, and .npz as several of them in one file: every number has its place from the start.
class Placed : public Writer {
 public:
  Placed(const std::string& path, const Results& results, bool archive)
      : file_(path), results_(results), archive_(archive), prefix_(npy_prefix(results.dtype, results.shape)) {
    const std::uint64_t size = prefix_.size() + numbers_in(results) * bytes_of(results.dtype);
    for (const std::string& name : results.names) members_.push_back({name + ".npy", size});
    if (archive_) lay_out(members_);
    if (!file_.open(archive_ ? directory_offset(members_) : size)) return;
    for (const ZipMember& m : members_) file_.write(m.data, prefix_);
  }
  bool write(std::size_t array, std::size_t row, std::size_t column, const double* values, std::size_t rows, std::size_t columns,
             std::size_t stride) override {
    const std::size_t width = results_.columns();
    const std::uint64_t start = members_[array].data + prefix_.size();
    bytes_.clear();
    for (std::size_t i = 0; i < rows; ++i) {
      store(results_.dtype, values + i * stride, columns, bytes_);
      const bool joined = columns == width && i + 1 < rows && bytes_.size() < kBuffer;  // whole rows lie one behind another
      if (joined) continue;
      const std::uint64_t end = (std::uint64_t{row + i} * width + column + columns) * bytes_of(results_.dtype);
      if (!file_.write(start + end - bytes_.size(), bytes_)) return false;
      bytes_.clear();
    }
    return true;
  }
  bool finish() override { return (!archive_ || close_archive()) && file_.finish(); }
  std::string failure() const override { return file_.failure(); }

 private:
  static constexpr std::size_t kBuffer = 1 << 20;
  bool close_archive() {
    bytes_.resize(kBuffer);
    for (ZipMember& m : members_) {
      uLong crc = crc32(0, nullptr, 0);
      for (std::uint64_t at = 0; at < m.size;) {
        const std::size_t n = std::min<std::uint64_t>(kBuffer, m.size - at);
        if (!file_.read(m.data + at, bytes_.data(), n)) return false;
        crc = crc32(crc, reinterpret_cast<const Bytef*>(bytes_.data()), static_cast<uInt>(n));
        at += n;
      }
      m.crc = static_cast<std::uint32_t>(crc);
      if (!file_.write(m.header, local_header(m))) return false;
    }
    return file_.write(directory_offset(members_), directory(members_));
  }
  PartFile file_;
  Results results_;
  bool archive_;
  std::string prefix_, bytes_;
  std::vector<ZipMember> members_;
};

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
      store(results_.dtype, values + i * stride, columns, bytes_);
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
  if (form == Form::csv) return numbers_in(results) * kDigits;
  const std::uint64_t one = npy_prefix(results.dtype, results.shape).size() + numbers_in(results) * bytes_of(results.dtype);
  if (form != Form::npz) return one;
  std::vector<ZipMember> members;
  for (const std::string& name : results.names) members.push_back({name + ".npy", one});
  lay_out(members);
  return directory_offset(members) + directory(members).size();
}

std::unique_ptr<Writer> make_writer(Form form, const std::string& path, const Results& results) {
  if (form == Form::csv) return std::make_unique<Csv>(path, results);
  if (form == Form::standard_output) return std::make_unique<Stream>(results);
  return std::make_unique<Placed>(path, results, form == Form::npz);
}

}  // namespace ntkc::io
