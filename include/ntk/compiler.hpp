// The compiler as a library: text in, artifacts and diagnostics out. Standard library only; link ntkc::compiler.
//
//   ntk::Compiler compiler;
//   compiler.add_file("net.ntk", text);
//   ntk::Result result = compiler.generate("net.ntk");
//   if (!result.ok) for (const auto& d : result.diagnostics) std::cerr << d.text;
#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#if defined(__GNUC__)
#define NTKC_API __attribute__((visibility("default")))
#else
#define NTKC_API
#endif

namespace ntk {

// A place in a source text. Lines and columns count from 1, columns in code points; offset and length in bytes. No file: about the whole
// run.
struct Location {
  std::string file;
  std::size_t line = 0, column = 0, offset = 0, length = 0;
};

struct Message {
  Location location;
  std::string text;
};

struct CompilerDiagnostic {
  std::string code;   // "NTK2001"
  bool error = true;  // else a warning
  std::string message;
  Location location;
  std::vector<Message> notes;
  std::string help;  // "" where none is known
  std::string text;  // all of it, as the command line prints it, without colours
};

struct Artifact {
  std::string name;  // the file's usual name: "net.ntk.hpp"
  std::string text;
};

struct Result {
  bool ok = false;                  // no errors
  std::vector<Artifact> artifacts;  // empty after an error
  std::vector<CompilerDiagnostic> diagnostics;
  std::vector<std::string> files;  // what was read, the spec first; what is inside the compiler left out
};

struct GenerateOptions {
  std::string backend = "c++";                               // "c++" or "c", as --emit
  std::string name_space;                                    // as --namespace
  bool standalone = false;                                   // as --standalone
  std::vector<std::pair<std::string, std::string>> defines;  // as -D: name, expression; the last one of a name counts
  std::vector<std::string> include_dirs;                     // as -I
  std::vector<std::string> fold;                             // as --fold
  std::vector<std::string> gradient;                         // as --gradient
  std::string network;                                       // as --network
  bool nngp = true, ntk = true;                              // as --kernel
};

// Not shared between threads; several compilers may run at once. Faults of the spec or of the options are diagnostics, never exceptions;
// std::logic_error is a bug of ntkc.
class NTKC_API Compiler {
 public:
  // Files are looked for among those that were added first, then on the disk if `disk` is true.
  explicit Compiler(bool disk = false);
  ~Compiler();
  Compiler(Compiler&&) noexcept;
  Compiler& operator=(Compiler&&) noexcept;

  void add_file(std::string path, std::string text);
  Result check(const std::string& spec, const GenerateOptions& options = {});     // no artifacts
  Result generate(const std::string& spec, const GenerateOptions& options = {});  // the evaluator
  Result format(const std::string& spec);                                         // the spec in the canonical layout

  static std::string version();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ntk
