using ConvNN.App.Configuration;
using ConvNN.Data.Cache;
using ConvNN.Data.Catalog;
using ConvNN.Data.Files;
using ConvNN.Model.Layers;

namespace ConvNN.App.Runs;

/// <summary>
/// A folder of pictures that a configuration was not made for, such as a preset of MNIST: all that does not fit is told at once, with the
/// options that change it, instead of one after another.
/// </summary>
internal static class OwnPictures
{
    private const string ImageSize = "Data:ImageSize";

    // As the network of each preset takes them.
    private const int UsualSize = 28;

    /// <summary>Loads a dataset.</summary>
    /// <param name="run">The configuration.</param>
    /// <param name="load">Loads it.</param>
    /// <exception cref="DatasetException">It cannot be loaded; if several keys are the reason, the message has them all.</exception>
    public static async Task<T> LoadAsync<T>(RunConfiguration run, Func<Task<T>> load)
    {
        try
        {
            return await load();
        }
        catch (DatasetException fault) when (DatasetCatalog.PictureClasses(run.Data) is { } classes && Misfits(run, classes, fault).ToArray() is { Length: > 1 } misfits)
        {
            string reasons = $"{string.Join(", ", misfits[..^1].Select(misfit => misfit.Reason))} and {misfits[^1].Reason}";
            throw new DatasetException(
                $"{run.Data.Directory}: has pictures of {classes.Count} classes, which {run.Name} does not fit as it is: {reasons}; add {string.Join(' ', misfits.Select(misfit => misfit.Remedy))}", fault);
        }
    }

    private static IEnumerable<(string Reason, string Remedy)> Misfits(RunConfiguration run, IReadOnlyList<string> classes, DatasetException fault)
    {
        if (run.Data.Dataset != DatasetOptions.Auto)
        {
            yield return ($"Data:Dataset is {run.Data.Dataset}", $"--data {DatasetOptions.Auto}");
        }

        if (fault.Option == ImageSize)
        {
            yield return ("the pictures have several sizes", $"--set {ImageSize}={UsualSize}");
        }

        if (run.Layers.Index().LastOrDefault(layer => layer.Item is DenseOptions) is (int index, DenseOptions last) && last.Units != classes.Count)
        {
            string name = last.Name ?? $"{index}";
            yield return ($"the last dense layer has {last.Units} units", $"--set Model:Layers:{name}:Units={classes.Count}");
        }
    }
}
