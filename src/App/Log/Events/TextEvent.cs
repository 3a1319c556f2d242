using ConvNN.App.Output;
using ConvNN.Training.Progress;
using Microsoft.Extensions.Logging;

namespace ConvNN.App.Log.Events;

/// <summary>An event that a terminal shows as its word followed by a sentence.</summary>
/// <param name="Word">The word; each is written in only one place, so that its lines always have the same fields.</param>
/// <param name="Text">The sentence, with its fields.</param>
/// <param name="More">Fields that the sentence does not show.</param>
internal sealed record TextEvent(string Word, Sentence Text, params IReadOnlyList<Field> More) : RunEvent(Word)
{
    /// <inheritdoc/>
    public override IEnumerable<Field> Fields => Text.Fields.Count + More.Count > 0 ? [.. Text.Fields, .. More] : [new("text", Figures.Untied($"{Text}"))];

    /// <summary>A warning; the run continues.</summary>
    /// <param name="text">One sentence.</param>
    public static TextEvent Warning(string text) => new("warning", text) { Level = LogLevel.Warning };

    /// <summary>Where a run writes its files.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="isDryRun">Whether this is a dry run, which writes nothing.</param>
    public static TextEvent Output(string folder, bool isDryRun = false) =>
        new("output", $"{folder:folder}{(isDryRun ? "; dry run: nothing was trained, fetched or written" : "")}", new Field("dry_run", isDryRun ? true : null));

    /// <summary>A run was asked to stop.</summary>
    /// <param name="signal">The signal, or who asked.</param>
    public static TextEvent Stop(string signal) => new("stop", $"{signal:signal}: finishing the current step; a second signal ends at once");

    /// <summary>A run was stopped by a signal.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="rest">The consequences: the rest of the sentence.</param>
    /// <param name="finished">The number of finished epochs, or of a sweep's finished trials.</param>
    /// <param name="wanted">The number that would have been finished without the signal.</param>
    public static TextEvent Stopped(string? signal, string rest, int finished, int wanted) =>
        new("stopped", $"by {signal:signal}{rest}", new("finished", finished), new("wanted", wanted));

    /// <summary>Steps run on another number of threads, which was measured to be faster, or for which alone processors are free.</summary>
    /// <param name="change">The change.</param>
    public static TextEvent Changed(WorkersChanged change)
    {
        const string Taken = "no processor is free for more";
        string? exchange = change.Exchange is { } kind ? TrainEvent.ExchangeWord(kind) : null;
        string rest = exchange is null ? "" : $", with {exchange.Replace('-', ' ')}";
        double rate = Math.Round(change.ImagesPerSecond);
        return new TextEvent(
            "workers",
            change.Against is { } against
                ? (Sentence)$"{change.From:from} → {change.To:to} since step {change.Step:step|N0}: {rate:images_per_second|N0} images/s against {Math.Round(against):against_images_per_second|N0}{rest}"
                : (Sentence)$"not {change.From:from} but {change.To:to} since step {change.Step:step|N0}: {Taken:reason}; {rate:images_per_second|N0} images/s{rest}",
            exchange is null ? [] : [new Field("exchange", exchange)]);
    }

    /// <summary>How to resume a stopped run or sweep.</summary>
    /// <param name="command">The command.</param>
    public static TextEvent Resume(string command) => new("resume", $"{command:command}");

    /// <summary>A line of the fault report on stderr.</summary>
    /// <param name="exitCode">The process's exit code.</param>
    /// <param name="text">The line.</param>
    public static TextEvent Fault(int exitCode, string text) =>
        new("fault", $"{text:text}", new Field("exit_code", exitCode)) { Level = LogLevel.Error, Audience = Audience.LogFile };
}
