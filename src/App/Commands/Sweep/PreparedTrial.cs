using ConvNN.App.Configuration;
using ConvNN.App.Runs;
using ConvNN.Data;
using ConvNN.Model;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Training;

namespace ConvNN.App.Commands.Sweep;

/// <summary>A trial that has been checked: it can run, or has a fault. The network that was built for the check is discarded.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Data">Its whole dataset.</param>
/// <param name="IsAlone">Whether it runs alone, with the workers of its configuration; otherwise next to others, with one worker.</param>
internal sealed record PreparedTrial(SweepTrial Trial, DatasetPair Data, bool IsAlone)
{
    /// <summary>Its row before it runs.</summary>
    public required TrialRow Begun { get; init; }

    /// <summary>Its fault; null if there is none.</summary>
    public ConvNNException? Fault { get; private init; }

    /// <summary>Its cost in operations, for estimating the time left.</summary>
    public double Cost { get; private init; }

    /// <summary>Whether images are held out to choose by.</summary>
    public bool HasValidation { get; private init; }

    /// <summary>Its configuration with the number of workers it gets.</summary>
    public RunConfiguration Run => RunOf(Trial, IsAlone);

    /// <summary>Prepares a trial.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="data">Its whole dataset.</param>
    /// <param name="isAlone">Whether it runs alone.</param>
    public static PreparedTrial Of(SweepTrial trial, DatasetPair data, bool isAlone)
    {
        RunConfiguration run = RunOf(trial, isAlone);
        PreparedTrial prepared = new(trial, data, isAlone)
        {
            Begun = new TrialRow
            {
                Configuration = trial.Name,
                Seed = run.Training.Seed,
                Dataset = data.Name,
                Workers = run.Pipeline.WorkersFor(run.Training.BatchSize),
                IsAlone = isAlone,
                Identity = RunIdentities.HashOf(trial.Run, data),
                Varied = trial.Point.Values.ToDictionary(),
            },
        };
        try
        {
            DatasetOutline wanted = RunMaterial.Wanted(run, data.Outline);
            Network network = Network.Build(wanted.Shape, run.Layers);
            OptionRules.Check(network, wanted, run.Training, run.Pipeline);
            return prepared with
            {
                Cost = (double)run.Training.Epochs * wanted.TrainCount * network.Layers.Sum(layer => layer.Operations),
                HasValidation = wanted.ValidationCount > 0,
                Begun = prepared.Begun with { Parameters = network.Layout.ParameterCount, Workers = run.Pipeline.WorkersFor(run.Training.BatchSize, network) },
            };
        }
        catch (ConfigurationException wrong)
        {
            return prepared with { Fault = new MergedSettings(trial.Sources).WithOrigins(wrong) };
        }
        catch (NetworkException wrong)
        {
            return prepared with { Fault = wrong };
        }
    }

    /// <summary>Whether a row holds the result of this trial; for a trial that runs alone, with comparable times.</summary>
    /// <param name="row">A row.</param>
    public bool IsDoneBy(TrialRow row) => row.IsFinished && Knows(row) && (!IsAlone || row.Status == TrialRow.Invalid || (row.IsAlone && row.Workers == Begun.Workers));

    /// <summary>Whether a row belongs to this trial, regardless of its times.</summary>
    /// <param name="row">A row.</param>
    public bool Knows(TrialRow row) => row.Identity == Begun.Identity;

    private static RunConfiguration RunOf(SweepTrial trial, bool isAlone) =>
        isAlone ? trial.Run : trial.Run with { Pipeline = trial.Run.Pipeline with { Workers = 1 } };
}
