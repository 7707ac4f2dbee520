#include "ntk/compiler.hpp"

#include "backends/backend.hpp"
#include "driver/generate.hpp"
#include "driver/print.hpp"
#include "format/format.hpp"
#include "grammar/parse.hpp"

namespace ntk {
namespace {

using namespace ntkc;

Location locate(const Sources& sources, Span span, bool known) {
  if (!known || span.file >= sources.size()) return {};
  const auto at = sources.position(span.file, span.begin);
  return {sources.name(span.file), at.line, at.column, span.begin, static_cast<std::size_t>(span.end - span.begin)};
}

void tell(const Diagnostics& diagnostics, const Sources& sources, Result& result) {
  for (const Diagnostic* d : driver::sorted(diagnostics)) {
    CompilerDiagnostic out{
        spelling(d->code), d->severity == Severity::error, d->message, locate(sources, d->span, d->has_span), {}, d->help, {}};
    for (const Note& note : d->notes) out.notes.push_back({locate(sources, note.span, note.span != Span{}), note.message});
    out.text = driver::to_text(*d, &sources, false);
    result.diagnostics.push_back(std::move(out));
  }
  result.ok = !diagnostics.has_errors();
}

driver::Request request(const std::string& spec, const GenerateOptions& options) {
  driver::Request r;
  r.spec = spec;
  r.include_dirs = options.include_dirs;
  for (const auto& [name, expression] : options.defines) r.defines.push_back({name, expression});
  r.network = options.network;
  r.fold = options.fold;
  r.kernels = {options.nngp, options.ntk};
  return r;
}

void list_files(const driver::Compilation& c, Result& result) {
  for (const auto& file : c.files)
    if (!file.built_in) result.files.push_back(file.path);
}

}  // namespace

struct Compiler::State {
  DiskProvider disk;
  MemoryProvider files;
  explicit State(bool use_disk) : files({}, use_disk ? &disk : nullptr) {}
};

Compiler::Compiler(bool disk) : state_(std::make_unique<State>(disk)) {}
Compiler::~Compiler() = default;
Compiler::Compiler(Compiler&&) noexcept = default;
Compiler& Compiler::operator=(Compiler&&) noexcept = default;

void Compiler::add_file(std::string path, std::string text) { state_->files.add(std::move(path), std::move(text)); }

Result Compiler::check(const std::string& spec, const GenerateOptions& options) {
  Result result;
  const auto c = driver::compile(state_->files, request(spec, options), driver::Stage::optimize);
  list_files(c, result);
  tell(c.diagnostics, c.sources, result);
  return result;
}

Result Compiler::generate(const std::string& spec, const GenerateOptions& options) {
  Result result;
  auto c = driver::compile(state_->files, request(spec, options));
  const auto* backend = backends::find(options.backend);
  if (!backend) c.diagnostics.report_global(Code::unknown_choice, "the backend", options.backend);
  if (!options.name_space.empty() && !driver::is_namespace(options.name_space))
    c.diagnostics.report_global(Code::bad_name, options.name_space, "a C++ namespace");
  std::string text;
  if (c.ok()) text = driver::generate(c, {options.backend, options.name_space, options.standalone, options.gradient}, c.diagnostics);
  list_files(c, result);
  tell(c.diagnostics, c.sources, result);
  if (result.ok) result.artifacts.push_back({driver::stem(spec) + std::string(backend->extension), std::move(text)});
  return result;
}

Result Compiler::format(const std::string& spec) {
  Result result;
  Sources sources;
  Diagnostics diagnostics;
  const auto read = state_->files.read(spec);
  if (const auto* failure = std::get_if<ReadFailure>(&read)) {
    diagnostics.report_global(Code::spec_unreadable, spec, failure->reason);
  } else if (const auto tree = grammar::parse(sources, sources.add(spec, std::get<std::string>(read)), diagnostics)) {
    result.artifacts.push_back({spec, format::format(*tree, sources)});
  }
  tell(diagnostics, sources, result);
  return result;
}

std::string Compiler::version() { return driver::kVersion; }

}  // namespace ntk
