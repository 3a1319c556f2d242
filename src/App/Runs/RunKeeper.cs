using System.Text.Json;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.Formats.Files;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels.Vectors;
using ConvNN.Training;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;

namespace ConvNN.App.Runs;

/// <summary>
/// Keeps in the run's folder what must not be lost: the configuration and a record at the beginning, the model and a line
/// of history after each epoch, and at the end, however it comes, the last weights and what came of the run.
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

    /// <summary>Writes what is known before the first epoch, and finds out whether the model can be written later.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="run">The configuration.</param>
    /// <param name="material">What the run works on.</param>
    /// <param name="weights">The weights, which change while the run goes on.</param>
    /// <param name="from">Where in it the run goes on; null of a new one.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="OutputException">The folder cannot be written; nothing of a new run is left in it.</exception>
    public static RunKeeper Begin(
        RunFolder folder, RunConfiguration run, RunMaterial material, AlignedBuffer weights, TrainingProgress? from, TimeProvider time)
    {
        RunKeeper keeper = new(folder, new RunModel(folder, material, weights), RunRecord.Of(run, material, time.GetUtcNow().UtcDateTime), time);
        if (from is not null)
        {
            keeper.ResumeAt(from);
        }

        try
        {
            ResolvedConfiguration.Write(folder[ResolvedConfiguration.Name], run, material);
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

    /// <summary>Keeps a finished epoch; all is on the disk when the call returns.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    /// <exception cref="DivergenceException">A weight is not finite; the model is that of the epoch before.</exception>
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

    /// <summary>Keeps the last weights and what came of a run that ended well or was stopped.</summary>
    /// <param name="result">The result.</param>
    /// <param name="signal">The signal that stopped it, if one did.</param>
    /// <param name="exitCode">What the process will end with.</param>
    /// <exception cref="OutputException">They cannot be written.</exception>
    public void End(TrainingResult result, string? signal, int exitCode)
    {
        if (result.IsStopped)
        {
            _model.SaveIfFinite("at the end");
        }

        End(Result with
        {
            Outcome = result.IsStopped ? ResultRecord.Stopped : ResultRecord.Done,
            StoppedBy = result.IsStopped ? signal : null,
            ExitCode = exitCode,
        });
    }

    /// <summary>Keeps the accuracy of weights that were evaluated after <see cref="End(TrainingResult, string?, int)"/>.</summary>
    /// <param name="result">The result, with the evaluation of its weights.</param>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Measured(TrainingResult result)
    {
        _measuredSha256 = result.WeightsSha256;
        End(Result with { TestAccuracy = result.Test?.Accuracy, BestEpoch = null });
    }

    /// <summary>Keeps the last finite weights of a run that diverged.</summary>
    /// <param name="fault">What was thrown.</param>
    /// <param name="checkpoint">The folder of the last checkpoint before it; null where there is none.</param>
    /// <returns>The same, which also says where both are.</returns>
    public DivergenceException Diverged(DivergenceException fault, string? checkpoint)
    {
        try
        {
            _model.SaveIfFinite("after training diverged");
        }
        catch (OutputException)
        {
            // The model of the last epoch stays, and the fault that came first is what the user hears of.
        }

        string state = checkpoint is null ? "" : $" The last good checkpoint is {checkpoint}.";
        string weights = _model.WeightsSha256 is null ? "" : $" The last finite weights are in {_model.Path}.";
        DivergenceException told = new($"{fault.Message}{state}{weights}", fault);
        Failed(told);
        return told;
    }

    /// <summary>Keeps what ended a run. Its weights may be half way through a step: the model stays that of the last epoch.</summary>
    /// <param name="exception">What was thrown.</param>
    public void Failed(Exception exception)
    {
        Fault fault = Fault.Of(exception);
        try
        {
            End(Result with { Outcome = ResultRecord.Failed, Fault = fault.Lines().First(), ExitCode = fault.ExitCode });
        }
        catch (OutputException)
        {
            // On a full disk, say: the fault that came first is what the user hears of.
        }
    }

    /// <summary>Takes over what the folder's record and model say of the run so far.</summary>
    private void ResumeAt(TrainingProgress from)
    {
        RunRecord? before = RunRecord.TryRead(_folder.Path);
        ResumeRecord resume = new(_record.StartedUtc, from.Step, _record.Workers);
        _record = _record with { StartedUtc = before?.StartedUtc ?? _record.StartedUtc, Resumes = [.. before?.Resumes ?? [], resume] };
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
            _record = _record with { Result = Result with { TestAccuracy = epoch.Test.Accuracy, BestEpoch = epoch.Epoch } };
            _measuredSha256 = _model.WeightsSha256;
        }
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
