#include "io/state.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

namespace ntkc::io {
namespace {

constexpr std::string_view kStateMagic = "ntkc-state 1 ", kNote = "note ";

std::string new_name(const std::string& path) { return state_name(path) + ".new"; }

std::string with_checksum(const std::string& text) { return fmt::format("{} {:016x}\n", text, XXH3_64bits(text.data(), text.size())); }

std::string to_line(const Record& r) {
  return with_checksum(
      fmt::format("{} {} {} {} {:016x} {:x}", r.block.row, r.block.rows, r.block.column, r.block.columns, r.checksum, r.marks));
}

std::optional<Record> from_line(const std::string& line) {
  Record r{};
  std::istringstream in(line);
  in >> r.block.row >> r.block.rows >> r.block.column >> r.block.columns >> std::hex >> r.checksum >> r.marks;
  if (!in || to_line(r) != line + "\n") return std::nullopt;
  return r;
}

bool is_note(const std::string& line) {
  const auto blank = line.rfind(' ');
  return line.starts_with(kNote) && blank >= kNote.size() && with_checksum(line.substr(0, blank)) == line + "\n";
}

}  // namespace

std::string state_name(const std::string& path) { return path + ".state"; }
void remove_state(const std::string& path) { unlink(state_name(path).c_str()), unlink(new_name(path).c_str()); }

std::optional<Work> read_state(const std::string& path, const std::function<void(const Record&)>& take, std::string* note) {
  std::ifstream in(state_name(path), std::ios::binary);
  std::string line;
  const auto next = [&] { return std::getline(in, line) && !in.eof(); };  // a line without its end is torn
  if (!next() || !line.starts_with(kStateMagic)) return std::nullopt;
  Work work;
  std::istringstream header(line.substr(kStateMagic.size()));
  header >> work.side >> std::ws;
  std::getline(header, work.identity);
  if (!header || work.side == 0) return std::nullopt;
  while (take && next())
    if (const auto record = from_line(line))
      take(*record);
    else if (note && is_note(line))
      *note = line.substr(kNote.size(), line.rfind(' ') - kNote.size());
  return work;
}

Journal::Journal(const std::string& path, Work work) : name_(state_name(path)), new_name_(new_name(path)), work_(std::move(work)) {}

Journal::~Journal() {
  if (descriptor_ >= 0) close(descriptor_);
  if (new_) unlink(new_name_.c_str());
}

bool Journal::fail(std::string reason) {
  if (failure_.empty()) failure_ = std::move(reason);
  return false;
}

bool Journal::add(const Record& record) { return put(to_line(record)); }
bool Journal::add_note(const std::string& text) { return put(with_checksum(std::string(kNote) + text)); }

bool Journal::put(std::string line) {
  if (!failure_.empty()) return false;
  if (descriptor_ < 0) {
    new_.emplace(new_name_);
    descriptor_ = open(new_name_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor_ < 0) return fail(std::strerror(errno));
    line.insert(0, fmt::format("{}{} {}\n", kStateMagic, work_.side, work_.identity));
  }
  const auto failure = write_descriptor(descriptor_, line);
  return !failure || fail(*failure);
}

bool Journal::commit() {
  if (!failure_.empty()) return false;
  if (!new_) return true;
  if (std::rename(new_name_.c_str(), name_.c_str()) != 0) return fail(std::strerror(errno));
  new_.reset();
  return true;
}

bool Journal::sync() { return failure_.empty() && (descriptor_ < 0 || fdatasync(descriptor_) == 0 || fail(std::strerror(errno))); }

}  // namespace ntkc::io
