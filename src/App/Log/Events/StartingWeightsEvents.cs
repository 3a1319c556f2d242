using ConvNN.Formats;

namespace ConvNN.App.Log.Events;

/// <summary>The lines about the weights that a network begins with.</summary>
internal static class StartingWeightsEvents
{
    /// <summary>The file, and a line for each tensor that was not taken.</summary>
    /// <param name="start">The weights; null for none, which needs no line.</param>
    public static IEnumerable<RunEvent> Of(StartingWeights? start)
    {
        if (start is null)
        {
            yield break;
        }

        int tensors = start.Taken.Count + start.Misfits.Count(misfit => misfit.InNetwork is not null);
        string taken = start.Misfits.Count == 0 ? $"all {tensors} tensors" : $"{start.Taken.Count} of {tensors} tensors";
        string names = start.Misfits.Count == 0 ? "" : $": {string.Join(", ", start.Taken)}";
        yield return new TextEvent(
            "begin",
            $"{taken} of the network are those of {start.Path:file}, SHA-256 {start.Sha256[..12]}{names}",
            new("sha256", start.Sha256),
            new("taken", start.Taken.Count),
            new("tensors", tensors));
        foreach (TensorMisfit misfit in start.Misfits)
        {
            yield return new TextEvent(
                "misfit",
                misfit.InFile is null ? $"{misfit.Name:tensor}, {misfit.InNetwork:network_shape} in the network, is not in the file: it begins as the seed has it"
                : misfit.InNetwork is null ? $"{misfit.Name:tensor}, {misfit.InFile:file_shape} in the file, is not in the network"
                : (Sentence)$"{misfit.Name:tensor} is {misfit.InNetwork:network_shape} in the network and {misfit.InFile:file_shape} in the file: it begins as the seed has it");
        }
    }
}
