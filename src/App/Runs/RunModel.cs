using ConvNN.App.Faults;
using ConvNN.Files;
using ConvNN.Formats;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels.Vectors;
using ConvNN.Training.Checkpoints;

namespace ConvNN.App.Runs;

/// <summary>The <c>model.safetensors</c> of a run: always complete and finite, and replaced by later ones.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="material">The data and the network.</param>
/// <param name="weights">The weights, which change during the run.</param>
internal sealed class RunModel(RunFolder folder, RunMaterial material, AlignedBuffer weights)
{
    private const string RescuedSuffix = "-rescued.safetensors";

    /// <summary>The file.</summary>
    public string Path { get; } = folder[ModelFile.DefaultName];

    /// <summary>SHA-256 of the weights in the file; null while there is none.</summary>
    public string? WeightsSha256 { get; private set; }

    /// <summary>Adopts the existing file of a resumed run; an unreadable one is replaced by the next.</summary>
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

    /// <summary>Checks that the model can be written. Replacing it briefly needs room for two.</summary>
    /// <exception cref="IOException">The folder cannot be written, or there is not enough room.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Probe() => AtomicFile.Probe(folder.Path, 2 * Bytes);

    /// <summary>Writes the current weights.</summary>
    /// <param name="when">When this happens, for the message.</param>
    /// <exception cref="OutputException">The file cannot be written; an existing one is left unchanged.</exception>
    /// <exception cref="ModelFileException">A weight is not finite; an existing file is left unchanged.</exception>
    public void Save(string when)
    {
        if (!folder.IsInPlace)
        {
            throw new OutputException($"{folder.Path}: the run's folder was moved, renamed or deleted {when}, so the run ends; {Rescue()}; resume what is left of it with --resume and its new place.");
        }

        try
        {
            ModelFile.Save(Path, material.Network, weights, material.Data.ToSubject());
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"{Path}: cannot be written {when}: {reason.Message}; {Bytes:N0} bytes are needed{Free()}. An existing model is unchanged.", reason);
        }

        WeightsSha256 = material.Network.Layout.Hash(weights.Span);
    }

    /// <summary>Keeps the weights beside the place of the folder that has gone, and says where.</summary>
    private string Rescue()
    {
        string path = System.IO.Path.TrimEndingDirectorySeparator(folder.Path) + RescuedSuffix;
        try
        {
            ModelFile.Save(path, material.Network, weights, material.Data.ToSubject());
            return $"its weights are in {path}";
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            return $"its last weights are lost, since {path} cannot be written: {reason.Message.TrimEnd('.')}";
        }
    }

    /// <summary>Writes the current weights, unless one is not finite; then the file of the last epoch stays.</summary>
    /// <param name="when">When this happens, for the message.</param>
    /// <exception cref="OutputException">The file cannot be written; an existing one is left unchanged.</exception>
    public void SaveIfFinite(string when)
    {
        try
        {
            Save(when);
        }
        catch (ModelFileException)
        {
            // A weight is not finite, which the caller expects.
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
            return "";      // a network share, for example
        }
    }
}
