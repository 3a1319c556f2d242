using ConvNN.Data;
using ConvNN.Formats;

namespace ConvNN.Training.Checkpoints;

/// <summary>Describes a dataset in the files of the models that are trained on it.</summary>
public static class DatasetSubject
{
    /// <summary>What a model that is trained on a dataset was trained on.</summary>
    /// <param name="data">The dataset.</param>
    public static ModelSubject ToSubject(this DatasetPair data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new ModelSubject(data.Name) { ClassNames = data.ClassNames, Preparation = data.Preparation, Normalization = data.Train.Normalization };
    }
}
