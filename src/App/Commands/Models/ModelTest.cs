using System.Runtime.InteropServices;
using ConvNN.App.Configuration;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Data;
using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Files;
using ConvNN.Formats;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels.Sums;
using ConvNN.Training.Cluster;
using ConvNN.Training.Evaluation;

namespace ConvNN.App.Commands.Models;

/// <summary>A model's predictions for the test images of a dataset.</summary>
/// <param name="Model">The model.</param>
/// <param name="Data">The dataset.</param>
/// <param name="Predicted">The predicted class of each test image.</param>
/// <param name="Probabilities">The probabilities of all classes, image by image.</param>
/// <param name="Report">The metrics of the predictions.</param>
internal sealed record ModelTest(ModelFile Model, DatasetPair Data, IReadOnlyList<int> Predicted, IReadOnlyList<float> Probabilities, ClassificationReport Report)
{
    /// <summary>How often each class was predicted as each class.</summary>
    public ConfusionMatrix Confusion => Report.Confusion;

    /// <summary>Loads the model and the dataset, and runs the model on the test images.</summary>
    /// <param name="path">The model.</param>
    /// <param name="run">The configuration, which names the dataset.</param>
    /// <param name="progress">Receives the progress of a download, if there is one.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="job">The job whose ranks share the images; null for this process alone.</param>
    /// <exception cref="ModelFileException">The model cannot be read, or is for other images.</exception>
    /// <exception cref="DatasetException">The dataset is missing or invalid.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<ModelTest> RunAsync(string path, RunConfiguration run, DownloadReporter progress, CancellationToken cancellationToken, Job? job = null)
    {
        ModelFile model = ModelFile.Load(path);
        DatasetOptions wanted = run.Data with { Dataset = DatasetOf(model, run.Data), PictureShape = model.Network.Input, Prepare = model.Subject.Preparation.Name };
        DatasetPair data = await DatasetCatalog.LoadAsync(wanted, progress, cancellationToken);
        ImageDataset test = data.Test;
        Classifier classifier = Classify(path, model);
        if (model.Network.Input != test.Shape || classifier.Classes != test.Classes)
        {
            throw new ModelFileException(
                $"{path}: is for {classifier.Classes} classes of images {model.Network.Input}, but {data.Name} has {test.Classes} of {test.Shape}; name its own dataset with --data or --data-dir.");
        }

        if (model.ClassNames is { } names && data.ClassNames is { } others && names.Zip(others).FirstOrDefault(pair => pair.First != pair.Second) is { First: { } name } differs)
        {
            throw new ModelFileException($"{path}: has a class {ClassName.Describe(name)} where {data.Name} has {ClassName.Describe(differs.Second)}; name the dataset with the model's own classes with --data or --data-dir: {string.Join(", ", names)}.");
        }

        ICommunicator? ranks = job?.Ranks?.Communicator;
        _ = ranks is null ? [] : job!.Meet(Shared(model, data), "", run.Cluster.Deadline);
        int[] predicted = new int[test.Count];
        float[] probabilities = new float[test.Count * test.Classes];
        LeafCut shares = new(test.Count, ranks?.Size ?? 1);
        await Parallel.ForAsync(shares.Start(ranks?.Rank ?? 0), shares.Start((ranks?.Rank ?? 0) + 1), cancellationToken, (i, _) =>
        {
            predicted[i] = classifier.Predict(test.Image(i), probabilities.AsSpan(i * test.Classes, test.Classes));
            return ValueTask.CompletedTask;
        });
        if (ranks is not null)
        {
            int[] images = [.. Enumerable.Range(0, ranks.Size).Select(rank => shares.Start(rank + 1) - shares.Start(rank))];
            ranks.Gather(MemoryMarshal.AsBytes(predicted.AsSpan()), [.. images.Select(count => count * sizeof(int))]);
            ranks.Gather(MemoryMarshal.AsBytes(probabilities.AsSpan()), [.. images.Select(count => count * test.Classes * sizeof(float))]);
        }

        ClassificationReport report = new(test.Classes);
        for (int i = 0; i < test.Count; i++)
        {
            report.Add(probabilities.AsSpan(i * test.Classes, test.Classes), predicted[i], test.Label(i));
        }

        return new ModelTest(model, data, predicted, probabilities, report);
    }

    /// <summary>What all ranks must have alike.</summary>
    private static SortedDictionary<string, string> Shared(ModelFile model, DatasetPair data) => new(DatasetRecord.Of(data).Sha256.ToDictionary(file => $"SHA-256 of {file.Key}", file => file.Value))
    {
        ["the model"] = model.WeightsSha256,
        ["test images"] = $"{data.Test.Count}",
        ["the program"] = Machine.Build,
    };

    /// <summary>The dataset to test on: a file that was taken out of its run still names the one that the model was trained on.</summary>
    private static string DatasetOf(ModelFile model, DatasetOptions asked) =>
        asked is { Dataset: DatasetOptions.Auto, Directory: null } && PublishedDataset.All.Any(known => known.Name == model.Subject.Dataset) ? model.Subject.Dataset! : asked.Dataset;

    /// <summary>The name of a class; its number where classes have no names.</summary>
    public string NameOf(int label) => (Model.ClassNames ?? Data.ClassNames)?[label] ?? $"{label}";

    /// <summary>The probability that the model assigns to a class for an image.</summary>
    public float Probability(int image, int label) => Probabilities[(image * Confusion.Classes) + label];

    /// <summary>A model as a classifier.</summary>
    /// <exception cref="ModelFileException">Its network gives no probabilities.</exception>
    public static Classifier Classify(string path, ModelFile model)
    {
        try
        {
            return new Classifier(model.Network, model.Weights) { Subject = model.Subject };
        }
        catch (ArgumentException misfit)
        {
            throw new ModelFileException($"{path}: the network is not a classifier: {misfit.Message}", misfit);
        }
    }
}
