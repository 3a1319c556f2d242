using System.Globalization;
using ConvNN.App.Configuration;
using ConvNN.Data;
using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Download;
using ConvNN.Data.Files;
using ConvNN.Formats;
using ConvNN.Formats.SafeTensors;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Training.Evaluation;
using ConvNN.Training.Options;

namespace ConvNN.App.Runs;

/// <summary>The data and the network of a run.</summary>
/// <param name="Data">The dataset, cut to <c>Data:Limit</c>.</param>
/// <param name="Available">The number of training images before the cut.</param>
/// <param name="Network">The network, built for the dataset's images.</param>
internal sealed record RunMaterial(DatasetPair Data, int Available, Network Network)
{
    /// <summary>The weights of a file that the network begins with; null if it begins as the seed has it.</summary>
    public StartingWeights? Start { get; init; }

    /// <summary>Loads the dataset and builds the network.</summary>
    /// <param name="run">The configuration.</param>
    /// <param name="progress">Receives the progress of a download, if there is one.</param>
    /// <param name="cancellationToken">Stops a download, or loading between files.</param>
    /// <exception cref="DatasetException">The dataset is missing or invalid.</exception>
    /// <exception cref="DownloadException">The dataset cannot be downloaded.</exception>
    /// <exception cref="CacheException">The dataset cannot be stored.</exception>
    /// <exception cref="ConfigurationException">The limit exceeds the dataset.</exception>
    /// <exception cref="NetworkException">A layer does not fit.</exception>
    /// <exception cref="ModelFileException">The weights to begin with cannot be read, or nothing of them fits.</exception>
    public static async Task<RunMaterial> LoadAsync(
        RunConfiguration run, IProgress<DownloadProgress> progress, CancellationToken cancellationToken) =>
        Of(run, await OwnPictures.LoadAsync(run, () => DatasetCatalog.LoadAsync(run.Data, progress, cancellationToken)));

    /// <summary>The material of a run on a loaded dataset. No images are copied, so that runs can share it.</summary>
    /// <param name="run">The configuration.</param>
    /// <param name="data">The whole dataset.</param>
    /// <exception cref="ConfigurationException">The limit exceeds the dataset.</exception>
    /// <exception cref="NetworkException">A layer does not fit.</exception>
    /// <exception cref="ModelFileException">The weights to begin with cannot be read, or nothing of them fits.</exception>
    public static RunMaterial Of(RunConfiguration run, DatasetPair data)
    {
        int available = data.Train.Count;
        DatasetOutline wanted = Wanted(run, data.Outline);
        bool isSplit = data.Validation is null && wanted.ValidationCount > 0;
        data = data with { Train = data.Train.Take(wanted.TrainCount + (isSplit ? wanted.ValidationCount : 0)) };
        if (isSplit)
        {
            (ImageDataset train, ImageDataset validation) = ValidationSplit.Split(data.Train, wanted.ValidationCount, run.Training.Seed);
            data = data with { Train = train, Validation = validation };
        }

        return new RunMaterial(data, available, Network.Build(data.Train.Shape, run.Layers)).Begin(run.Weights);
    }

    /// <summary>The same with the weights of a file to begin with.</summary>
    /// <param name="weights">A model file or the folder of a run; null for none.</param>
    /// <exception cref="ModelFileException">It cannot be read, or nothing of it fits.</exception>
    public RunMaterial Begin(string? weights) => weights is null ? this : this with { Start = StartingWeights.Take(ModelLocation.Find(weights).Path, Network) };

    /// <summary>What is in the dataset's folder but not in the run, and classes that cannot be learnt: a sentence each.</summary>
    /// <param name="training">How the run trains.</param>
    public IEnumerable<string> Notes(TrainingOptions training)
    {
        if (UnusedBatches(training, Data.Outline) is { } unused)
        {
            yield return unused;
        }

        if (Data.LeftOut is { } leftOut)
        {
            yield return $"{Data.Source}: {leftOut}.";
        }

        if (Start?.Normalization is { } theirs && theirs.Name != Data.Train.Normalization.Name)
        {
            yield return $"The network of {Start.Path} took images with Data:Normalize {theirs.Name}, this run has {Data.Train.Normalization.Name}: the layers that it begins with expect other values.";
        }

        int[] absent = [.. Enumerable.Range(0, Data.Train.Classes).Except(Enumerable.Range(0, Data.Train.Count).Select(i => (int)Data.Train.Label(i)))];
        if (absent.Length > 0)
        {
            yield return $"There is no training image of {(absent.Length == 1 ? "class" : "the classes")} {string.Join(", ", absent.Select(label => Data.ClassNames?[label] ?? $"{label}"))}.";
        }
    }

    /// <summary>Says how many batches at the end of a run change nothing, since they do not fill an optimizer step; null if none.</summary>
    /// <param name="training">How the run trains.</param>
    /// <param name="data">The part of the dataset that it uses.</param>
    public static string? UnusedBatches(TrainingOptions training, DatasetOutline data)
    {
        long batches = BatchesOf(training, data);
        long unused = batches % training.Accumulate;
        return unused == 0 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"Of the {batches:N0} batches of the run, the last {(unused == 1 ? "one does" : $"{unused:N0} do")} not fill an optimizer step of {training.Accumulate} (Training:Accumulate) and {(unused == 1 ? "changes" : "change")} nothing.");
    }

    private static long BatchesOf(TrainingOptions training, DatasetOutline data) =>
        ((long)data.TrainCount + training.BatchSize - 1) / training.BatchSize * training.Epochs;

    private static DatasetOutline WithSteps(TrainingOptions training, DatasetOutline data) => BatchesOf(training, data) >= training.Accumulate ? data
        : throw new ConfigurationException(Failure.At(
            "Training:Accumulate",
            $"is {training.Accumulate}, but the run has {BatchesOf(training, data)} batches and would take no optimizer step; take at most as many, or more epochs."));

    /// <summary>The part of a dataset that a run uses.</summary>
    /// <param name="run">The configuration.</param>
    /// <param name="data">The dataset's figures.</param>
    /// <exception cref="ConfigurationException">The limit exceeds the dataset, validation leaves no training images, or no optimizer step is taken.</exception>
    public static DatasetOutline Wanted(RunConfiguration run, DatasetOutline data)
    {
        int wanted = run.Data.Limit ?? data.TrainCount;
        if (wanted > data.TrainCount)
        {
            throw new ConfigurationException(Failure.At(
                "Data:Limit",
                $"is {wanted}, but {data.Name} has {data.TrainCount} training images; take at most as many, or leave it out."));
        }

        if (data.ValidationCount > 0)
        {
            return run.Data.Validation is null ? WithSteps(run.Training, data with { TrainCount = wanted }) : throw new ConfigurationException(Failure.At(
                "Data:Validation",
                $"is {run.Data.Validation}, but {data.Name} has a part for validation, {data.ValidationCount} images; leave it out."));
        }

        return ValidationSplit.Count(run.Data.Validation, wanted) is { } validation
            ? WithSteps(run.Training, data with { TrainCount = wanted - validation, ValidationCount = validation })
            : throw new ConfigurationException(Failure.At(
                "Data:Validation",
                $"is {run.Data.Validation}, but there are {wanted} training images; it must be a share below 1, or a whole number of images, and leave some to train with."));
    }
}
