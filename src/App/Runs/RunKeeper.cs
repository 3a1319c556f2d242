using System.Text.Json;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.Files;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels.Vectors;
using ConvNN.Training;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;

namespace ConvNN.App.Runs;

/// <summary>
/// Saves everything that must not be lost in the run's folder: the configuration and a record at the beginning, the model
/// and a line of history after each epoch, and the last weights and the result at the end, even if the run fails.
/// </summary>
internal sealed class RunKeeper
{
    private readonly RunFolder _folder;
    private readonly RunModel _model;
    private readonly TimeProvider _time;
    private RunRecord _record;

    // The weights that the recorded accuracy was measured on; a record never pairs it with others.
    private string? _measuredSha256;

    private RunKeeper(RunFolder folder, RunModel model, RunRecord record, TimeProvider time)
    {
        _folder = folder;
        _model = model;
        _record = record;
        _time = time;
    }

    private ResultRecord Result => _record.Result;

    /// <summary>Writes the configuration and the record before the first epoch, and checks that the model can be written later.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="run">The configuration.</param>
    /// <param name="material">The data and the network.</param>
    /// <param name="weights">The weights, which change during the run.</param>
    /// <param name="from">The progress from which the run resumes; null for a new run.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="OutputException">The folder cannot be written; a new run leaves nothing in it.</exception>
    public static RunKeeper Begin(
        RunFolder folder, RunConfiguration run, RunMaterial material, AlignedBuffer weights, TrainingProgress? from, TimeProvider time)
    {
        RunRecord record = RunRecord.Of(run, material, time.GetUtcNow().UtcDateTime) with { ConfigurationSha256 = RunIdentities.ConfigurationHashOf(run) };
        RunKeeper keeper = new(folder, new RunModel(folder, material, weights), record, time);
        if (from is not null)
        {
            keeper.ResumeAt(from);
        }

        try
        {
            ResolvedConfiguration.Write(folder[ResolvedConfiguration.Name], run, material.Data);
            keeper.WriteRecord();
            keeper._model.Probe();
            return keeper;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            folder.Abandon();
            throw RunFolder.Unwritable(folder.Path, reason);
        }
    }

    /// <summary>Saves a finished epoch; everything is on the disk when the call returns.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    /// <exception cref="DivergenceException">A weight is not finite; the model is still that of the previous epoch.</exception>
    public async Task KeepAsync(EpochResult epoch)
    {
        try
        {
            _model.Save($"after epoch {epoch.Epoch}");
        }
        catch (ModelFileException notFinite)
        {
            throw new DivergenceException($"Training diverged in epoch {epoch.Epoch}: {notFinite.Message}", notFinite);
        }

        await _folder.History.AppendAsync(epoch);
        Note(epoch);
    }

    /// <summary>Saves the last weights and the result of a run that finished or was stopped.</summary>
    /// <param name="result">The result.</param>
    /// <param name="signal">The signal that stopped it, if any.</param>
    /// <param name="exitCode">The exit code of the process.</param>
    /// <exception cref="OutputException">They cannot be written.</exception>
    public void End(TrainingResult result, string? signal, int exitCode)
    {
        if (result.IsStopped)
        {
            _model.SaveIfFinite("at the end");
        }

        if (result.Test is { } test && test.WeightsSha256 == _model.WeightsSha256)
        {
            Measure(test, result.Best?.Epoch);
        }

        End(Result with
        {
            Outcome = result.IsStopped ? ResultRecord.Stopped : ResultRecord.Done,
            StoppedBy = result.IsStopped ? signal : null,
            ExitCode = exitCode,
        });
    }

    /// <summary>Records the accuracy of weights that were evaluated after <see cref="End(TrainingResult, string?, int)"/>.</summary>
    /// <param name="test">The evaluation on the test set.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Measured(TestResult test)
    {
        Measure(test, epoch: null);
        End(Result);
    }

    /// <summary>Saves the last finite weights of a run that diverged.</summary>
    /// <param name="fault">The exception that was thrown.</param>
    /// <param name="checkpoint">The folder of the last checkpoint before the divergence; null if there is none.</param>
    /// <returns>The same exception, with a message that also says where the checkpoint and the weights are.</returns>
    public DivergenceException Diverged(DivergenceException fault, string? checkpoint)
    {
        try
        {
            _model.SaveIfFinite("after training diverged");
        }
        catch (OutputException)
        {
            // The model of the last epoch stays; the user should hear of the first fault.
        }

        string state = checkpoint is null ? "" : $" The last good checkpoint is {checkpoint}.";
        string weights = _model.WeightsSha256 is null ? "" : $" The last finite weights are in {_model.Path}.";
        DivergenceException told = new($"{fault.Message}{state}{weights}", fault);
        Failed(told);
        return told;
    }

    /// <summary>Saves the fault that ended a run. The model stays that of the last epoch, since a step may be half applied.</summary>
    /// <param name="exception">The exception that was thrown.</param>
    public void Failed(Exception exception)
    {
        Fault fault = Fault.Of(exception);
        try
        {
            End(Result with { Outcome = ResultRecord.Failed, Fault = fault.Lines().First(), ExitCode = fault.ExitCode });
        }
        catch (OutputException)
        {
            // A full disk, for example; the user should hear of the first fault.
        }
    }

    /// <summary>Restores the state of the run so far from the folder's record and model.</summary>
    private void ResumeAt(TrainingProgress from)
    {
        RunRecord? before = RunRecord.TryRead(_folder.Path);
        ResumeRecord resume = new(_record.StartedUtc, from.Step, _record.Workers);
        _record = _record with { StartedUtc = before?.StartedUtc ?? _record.StartedUtc, Resumes = [.. before?.Resumes ?? [], resume], Weights = before?.Weights };
        _model.Adopt();
        foreach (EpochResult epoch in from.Epochs)
        {
            Note(epoch);
        }

        // The model in the folder may be later than the last epoch: it is of a run that was stopped.
        _record = _record with { Result = Result with { TestAccuracy = before?.Result.TestAccuracy } };
        _measuredSha256 = before?.Result.WeightsSha256;
    }

    private void Note(EpochResult epoch)
    {
        _record = _record with { Result = Result with { Epochs = epoch.Epoch } };
        if (epoch.IsBest)
        {
            Measure(epoch.TestResult, epoch.Epoch);
        }
    }

    private void Measure(TestResult test, int? epoch)
    {
        _record = _record with { Result = Result with { TestAccuracy = test.Pass.Accuracy, BestEpoch = epoch } };
        _measuredSha256 = test.WeightsSha256;
    }

    private void End(ResultRecord result)
    {
        bool isMeasured = _measuredSha256 == _model.WeightsSha256;
        _record = _record with
        {
            EndedUtc = _time.GetUtcNow().UtcDateTime,
            Result = result with
            {
                WeightsSha256 = _model.WeightsSha256,
                TestAccuracy = isMeasured ? result.TestAccuracy : null,
                BestEpoch = isMeasured ? result.BestEpoch : null,
            },
        };
        try
        {
            // Another folder of that name is not this run's.
            if (!_folder.IsInPlace)
            {
                throw new IOException("the folder was moved, renamed or deleted");
            }

            WriteRecord();
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"{_folder[RunRecord.Name]}: cannot be written at the end: {reason.Message}", reason);
        }
    }

    private void WriteRecord() => AtomicFile.Write(_folder[RunRecord.Name], stream =>
    {
        JsonSerializer.Serialize(stream, _record, RunRecordJson.Default.RunRecord);
        stream.WriteByte((byte)'\n');
    });
}
