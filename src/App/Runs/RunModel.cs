using ConvNN.App.Faults;
using ConvNN.Formats;
using ConvNN.Formats.Files;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels.Vectors;

namespace ConvNN.App.Runs;

/// <summary>The <c>model.safetensors</c> of a run: always whole, always finite, replaced by later ones.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="material">What the run works on.</param>
/// <param name="weights">The weights, which change while the run goes on.</param>
internal sealed class RunModel(RunFolder folder, RunMaterial material, AlignedBuffer weights)
{
    /// <summary>The file.</summary>
    public string Path { get; } = folder[ModelFile.DefaultName];

    /// <summary>SHA-256 of the weights in the file; null as long as there is none.</summary>
    public string? WeightsSha256 { get; private set; }

    /// <summary>Takes the file that a run has left which goes on; one that cannot be read is replaced by the next.</summary>
    public void Adopt()
    {
        try
        {
            WeightsSha256 = File.Exists(Path) ? ModelFile.Load(Path).WeightsSha256 : null;
        }
        catch (ModelFileException)
        {
            WeightsSha256 = null;
        }
    }

    private long Bytes => sizeof(float) * (long)material.Network.Layout.Length;

    /// <summary>Finds out whether the model could be written. When it is replaced, there are two of it for a moment.</summary>
    /// <exception cref="IOException">The folder cannot be written, or has not as much room.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Probe() => AtomicFile.Probe(folder.Path, 2 * Bytes);

    /// <summary>Writes the weights as they are now.</summary>
    /// <param name="when">When that is, for the message.</param>
    /// <exception cref="OutputException">The file cannot be written; an old one is as it was.</exception>
    /// <exception cref="ModelFileException">A weight is not finite; an old file is as it was.</exception>
    public void Save(string when)
    {
        try
        {
            ModelFile.Save(Path, material.Network, weights, material.Data.Name, material.Data.ClassNames);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"{Path}: cannot be written {when}: {reason.Message}; {Bytes:N0} bytes are needed{Free()}. An older model is as it was.", reason);
        }

        WeightsSha256 = material.Network.Layout.Hash(weights.Span);
    }

    /// <summary>Writes the weights as they are now, unless one is not finite: then the file stays that of the last epoch.</summary>
    /// <param name="when">When that is, for the message.</param>
    /// <exception cref="OutputException">The file cannot be written; an old one is as it was.</exception>
    public void SaveIfFinite(string when)
    {
        try
        {
            Save(when);
        }
        catch (ModelFileException)
        {
            // This is all that it is thrown for, and what the caller foresees.
        }
    }

    private string Free()
    {
        try
        {
            return $", {new DriveInfo(System.IO.Path.GetFullPath(folder.Path)).AvailableFreeSpace:N0} are free";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";      // a share of the network, say
        }
    }
}
