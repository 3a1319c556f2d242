using System.Globalization;
using System.Text;
using System.Text.Unicode;
using ConvNN.App.Faults;
using ConvNN.Files;
using ConvNN.Training.Progress;

namespace ConvNN.App.Runs;

/// <summary>
/// <c>steps.csv</c>: a line for each recorded step. Training only leaves the figures; a timer writes them some times a second, and
/// <see cref="Flush"/> before each checkpoint, so that a run that was killed has the lines of all steps before its last one.
/// </summary>
internal sealed class StepsFile : IDisposable
{
    /// <summary>Its name in the run's folder.</summary>
    public const string Name = "steps.csv";

    /// <summary>Its first line.</summary>
    public const string Header = "step,epoch,loss,accuracy,learning_rate,gradient_norm,images_per_second";

    private const int MaxBytes = int.MaxValue;
    private const int LongestLine = 256;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly FileStream _stream;
    private readonly Timer _timer;
    private readonly Lock _handing = new();
    private readonly Lock _writing = new();
    private List<StepResult> _steps = [];
    private List<StepResult> _written = [];
    private byte[] _text = new byte[64 * LongestLine];
    private volatile OutputException? _failure;


    /// <summary>Opens the file to write at its end, or creates it with its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public StepsFile(string path)
    {
        _stream = RegularFile.OpenAppend(path);
        if (_stream.Length == 0)
        {
            _stream.Write(Encoding.UTF8.GetBytes(Header + "\n"));
        }

        _timer = new Timer(_ => Write(), null, Pause, Pause);
    }

    /// <summary>Called with the steps that are written, in their order; what it throws counts as a failed write. Null for nothing.</summary>
    public Action<IReadOnlyList<StepResult>>? Beside { get; set; }

    /// <summary>Takes out the lines of later steps, and what a failed write has left. A missing file stays missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="last">The last step that stays.</param>
    /// <exception cref="IOException">It cannot be read or written; it is left unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read or written; it is left unchanged.</exception>
    public static void CutAfter(string path, long last)
    {
        if (!Path.Exists(path))
        {
            return;
        }

        int fields = Header.Count(c => c == ',') + 1;
        string[] whole = new FileInfo(path).Length == 0 ? [] : RegularFile.ReadAllText(path, MaxBytes).Split('\n')[..^1];
        IEnumerable<string> kept = whole.Skip(1).TakeWhile(line => line.Split(',') is [string number, ..] all && all.Length == fields && long.TryParse(number, out long step) && step <= last);
        string text = string.Concat(kept.Prepend(Header).Select(line => line + "\n"));
        AtomicFile.Write(path, text);
    }

    /// <summary>Takes a step, whose line is written soon.</summary>
    /// <exception cref="OutputException">An earlier line could not be written.</exception>
    public void Append(StepResult step)
    {
        lock (_handing)
        {
            _steps.Add(step);
        }

        if (_failure is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Writes what <see cref="Append"/> has taken. What cannot be written is told at the next step, or by <see cref="End"/>.</summary>
    public void Flush() => Write();

    /// <summary>Writes the last lines.</summary>
    /// <exception cref="OutputException">They, or earlier ones, could not be written.</exception>
    public void End()
    {
        Write();
        if (_failure is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_writing)
        {
            Write();
            _stream.Dispose();
            _failure ??= new OutputException($"{_stream.Name}: is closed.");
        }
    }

    private void Write()
    {
        lock (_writing)
        {
            lock (_handing)
            {
                (_steps, _written) = (_written, _steps);
            }

            int length = 0;
            foreach (StepResult step in _written)
            {
                if (_text.Length - length < LongestLine)
                {
                    Array.Resize(ref _text, 2 * _text.Length);
                }

                Utf8.TryWrite(
                    _text.AsSpan(length),
                    CultureInfo.InvariantCulture,
                    $"{step.Step},{step.Epoch},{step.Loss:G9},{step.Accuracy:G9},{step.LearningRate},{step.GradientNorm:G9},{step.ImagesPerSecond:0}\n",
                    out int line);
                length += line;
            }

            try
            {
                if (length > 0 && _failure is null)
                {
                    _stream.Write(_text, 0, length);
                    Beside?.Invoke(_written);
                }
            }
            catch (OutputException failure)
            {
                _failure = failure;
            }
            catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
            {
                _failure = new OutputException($"{_stream.Name}: cannot be written after step {_written[0].Step}: {reason.Message}", reason);
            }

            _written.Clear();
        }
    }
}
