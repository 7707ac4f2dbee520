// What a run of a command has to say to its user, on standard error: text at once, JSON and SARIF as one document at the end.
#pragma once
#include <deque>

#include "cli/options.hpp"
#include "driver/print.hpp"

namespace ntkc::cli {

class Report {
 public:
  explicit Report(const Options& options);

  // Applies -W and -q. To be asked before anything is written: an error among them (-Werror) stops the command.
  void judge(Diagnostics& diagnostics) const;
  // To be printed; judged before.
  void add(const Diagnostics& diagnostics, const Sources* sources = nullptr);
  // Both, and what is left of them: nothing. False if there was an error.
  bool settle(Diagnostics& diagnostics);
  // A result on standard output; that it cannot be written is an error.
  void print(const std::string& text);
  // Lines about what is done: with -v only.
  void say(const std::string& line) const;
  // Prints what is left and gives the exit status.
  int finish();

 private:
  struct Part {
    Sources sources;
    Diagnostics diagnostics;
  };
  bool text() const { return options_.diagnostics.empty() || options_.diagnostics == "text"; }
  Options options_;
  bool color_;
  int status_ = 0;
  std::deque<Part> parts_;
};

}  // namespace ntkc::cli
