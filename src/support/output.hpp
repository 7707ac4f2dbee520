// Files that appear whole or not at all.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ntkc {

// Writes beside `path`, then renames; a file that has these bytes already is left alone, its time stamp too. The reason of a failure, in
// words.
std::optional<std::string> write_file(const std::string& path, std::string_view bytes);

// All of it to a descriptor (1: standard output).
std::optional<std::string> write_descriptor(int descriptor, std::string_view bytes);

// A file to be removed if a signal ends the process, while the value lives. At most eight at a time; more are not watched.
class Unfinished {
 public:
  explicit Unfinished(const std::string& path);
  ~Unfinished();
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

 private:
  int slot_;
};

// SIGHUP, SIGINT and SIGTERM remove the unfinished files and end the process with 129, 130 and 143; SIGPIPE ends it quietly, with 0.
void install_signal_handlers();

}  // namespace ntkc
