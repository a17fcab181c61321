# `docker buildx bake --file infra/docker-bake.hcl [--push]`, from the root of the clone.
variable "TAG" {
  default = "latest"
}

group "default" {
  targets = ["tanliu"]
}

target "tanliu" {
  context    = "."
  dockerfile = "infra/Dockerfile"
  tags       = ["tanliu:${TAG}"]
  platforms  = ["linux/amd64", "linux/arm64"]
}
